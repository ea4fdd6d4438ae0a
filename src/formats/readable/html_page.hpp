// The style and the script of a transcript page. Both stand in the page itself; its policy names their
// digests.
#pragma once

#include <string_view>

namespace opentraces::formats {

inline constexpr std::string_view k_html_style = R"css(
:root{color-scheme:light dark;--ground:#fff;--text:#1f2328;--quiet:#59636e;--line:#d1d9e0;--panel:#f6f8fa;--accent:#0969da;
--user:#ddf4ff;--user-line:#54aeff;--bad:#b3121d;--bad-ground:#ffebe9;--minus:#ffebe9;--minus-text:#7d0f18;--plus:#dafbe1;--plus-text:#0a4f1c;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
@media(prefers-color-scheme:dark){:root{--ground:#0d1117;--text:#e6edf3;--quiet:#9198a1;--line:#3d444d;--panel:#161b22;--accent:#58a6ff;
--user:#0c2238;--user-line:#1f6feb;--bad:#ff8b82;--bad-ground:#3a1518;--minus:#3a1518;--minus-text:#ffc6c0;--plus:#12311c;--plus-text:#aff5b4}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1rem 4rem;max-width:62rem;background:var(--ground);color:var(--text);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{margin:0 0 1rem;font-size:1.6rem;line-height:1.25;overflow-wrap:anywhere}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-9999px}
.skip:focus{left:1rem;top:.5rem;padding:.5rem 1rem;background:var(--ground);border:1px solid var(--line);z-index:2}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 1rem;font-size:.9rem}
.facts dt{color:var(--quiet)}
.facts dd{margin:0;overflow-wrap:anywhere}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:1rem 0;color:var(--quiet);font-size:.85rem}
.tools[hidden]{display:none}
button{font:inherit;padding:.2rem .7rem;color:var(--text);background:var(--panel);border:1px solid var(--line);border-radius:6px;cursor:pointer}
button:hover{border-color:var(--accent)}
kbd{font:.85em var(--mono);padding:0 .35em;border:1px solid var(--line);border-radius:4px;background:var(--panel)}
.step{margin:0;padding:.75rem 0 .75rem 1rem;border-left:3px solid var(--line);scroll-margin-top:1rem}
.step+.step{border-top:1px solid var(--line)}
main>.step{content-visibility:auto;contain-intrinsic-size:auto 9rem}
.step:target{border-left-color:var(--accent)}
.user{padding-right:1rem;background:var(--user);border-left-color:var(--user-line)}
.warmup{opacity:.75}
.step>header{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline;margin-bottom:.35rem;font-size:.8rem;color:var(--quiet)}
.step h2,.step h3,.step h4,.step h5,.step h6{margin:0;font-size:.85rem;font-weight:600;color:var(--text)}
.step>header a{color:inherit;text-decoration:none}
.step>header a:hover{text-decoration:underline}
.text p{margin:0 0 .6rem;white-space:pre-wrap;overflow-wrap:anywhere}
.text>:last-child{margin-bottom:0}
code,pre{font:.85rem/1.5 var(--mono)}
.text code{padding:.1em .35em;border-radius:4px;background:var(--panel);border:1px solid var(--line)}
.text pre code{padding:0;border:0;background:none}
pre{margin:0 0 .6rem;padding:.6rem .75rem;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);border:1px solid var(--line);border-radius:6px}
details{margin:.4rem 0}
summary{padding:.3rem .6rem;border:1px solid var(--line);border-radius:6px;background:var(--panel);cursor:pointer;font-size:.9rem;overflow-wrap:anywhere}
summary:hover{border-color:var(--accent)}
summary code{font-size:.85rem;color:var(--quiet)}
details[open]>summary{border-radius:6px 6px 0 0}
.fold{padding:.6rem .75rem;border:1px solid var(--line);border-top:0;border-radius:0 0 6px 6px}
.fold>:last-child{margin-bottom:0}
.label{margin:0 0 .25rem;font-size:.8rem;color:var(--quiet)}
.error{margin-left:.5rem;padding:.05rem .45rem;border-radius:1em;font-size:.8rem;color:var(--bad);background:var(--bad-ground);border:1px solid}
.diff{padding:.4rem 0}
.diff span{display:block;padding:0 .75rem;min-height:1.5em}
.diff .minus{background:var(--minus);color:var(--minus-text)}
.diff .plus{background:var(--plus);color:var(--plus-text)}
.diff .at{color:var(--quiet)}
.run{padding:0 0 0 .75rem;border:1px solid var(--line);border-top:0;border-radius:0 0 6px 6px}
nav ol{margin:.25rem 0;padding-left:2rem}
nav li{overflow-wrap:anywhere}
footer{margin-top:2rem;color:var(--quiet);font-size:.85rem}
@media(max-width:40rem){.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.35rem}.step{padding-left:.6rem}}
@media print{.tools,.skip{display:none}main>.step{content-visibility:visible}}
)css";

inline constexpr std::string_view k_html_script = R"js(
(() => {
  "use strict";
  const steps = [...document.querySelectorAll(".step")];
  const shown = step => !step.parentElement.closest("details:not([open])");
  const current = () => document.activeElement.closest(".step");
  const move = by => {
    const all = steps.filter(shown);
    let at = all.indexOf(current());
    if (at < 0) {
      const first = all.findIndex(step => step.getBoundingClientRect().bottom > 0);
      at = by > 0 ? first - 1 : first + 1;
      if (window.scrollY === 0 && by > 0) at = -1;
    }
    const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
    if (!next) return;
    next.focus({preventScroll: true});
    next.scrollIntoView({block: "start"});
  };
  const fold = (within, open) => {
    for (const details of within.querySelectorAll("details")) details.open = open;
  };
  const toggle = () => {
    const step = current();
    if (step) fold(step, !step.querySelector("details[open]"));
  };
  const keys = {j: () => move(1), k: () => move(-1), ArrowRight: () => move(1), ArrowLeft: () => move(-1), o: toggle};
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  const tools = document.querySelector(".tools");
  tools.hidden = false;
  tools.addEventListener("click", event => {
    const button = event.target.closest("button");
    if (button) fold(document.querySelector("main"), button.value === "open");
  });
})();
)js";

}  // namespace opentraces::formats
