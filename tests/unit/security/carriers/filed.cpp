// Values in files of credentials, in stores of secrets and in what these print.
#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {
namespace {

using enum NamedValue;

const NamedCarrier k_carriers[] = {
    {"Secret, data first", Password,
     "apiVersion: v1\ndata:\n  entry: {B}\nkind: Secret\nmetadata:\n  name: a\n", 100},
    {"Secret, kind first", Key, "kind: Secret\nmetadata:\n  name: a\ntype: Opaque\ndata:\n  entry: \"{B}\"\n",
     100},
    {"Secret in a list", Password,
     "items:\n- apiVersion: v1\n  data:\n    entry: {B}\n  kind: Secret\n  metadata:\n    name: a\nkind: "
     "List\n",
     100},
    {"Secret behind line numbers", Key,
     "     1\tapiVersion: v1\n     2\tkind: Secret\n     3\tdata:\n     4\t  entry: {B}\n", 100},
    {"Secret in a diff", Password, "+apiVersion: v1\n+kind: Secret\n+stringData:\n+  entry: {V}\n", 100},
    {"Secret, stringData", Password, "kind: Secret\nstringData:\n  entry: '{V}'\n", 100},
    {"Secret, block", Key, "kind: Secret\ndata:\n  entry: >-\n    {B}\n", 100},
    {"Secret, JSON", Password,
     "{\n  \"apiVersion\": \"v1\",\n  \"data\": {\n    \"entry\": \"{B}\"\n  },\n  \"kind\": \"Secret\"\n}",
     100},
    {"Secret, JSON in a string", Key,
     "{\"out\":\"{\\\"kind\\\":\\\"Secret\\\",\\\"stringData\\\":{\\\"entry\\\":\\\"{V}\\\"}}\"}", 100},
    {"--from-literal", Password, "kubectl create secret generic a --from-literal=entry={V} -n b\n", 100},
    {"jsonpath", Password, "$ kubectl get secret a -o jsonpath='{.data.entry}'\n{B}\n", 100},
    {"docker auths", Password, "{\"auths\": {\"r.example.com\": {\"auth\": \"{A}\"}}}", 100},
    {".netrc over lines", Password, "machine h.example.com\n  login bob\n  password {V}\n", 100},
    {".netrc, tabs", Key, "machine h.example.com\n\tlogin\tbob\n\tpassword\t{V}\n", 100},
    {".netrc, password first", Password, "machine h.example.com password {V} login bob\n", 100},
    {".pgpass", Password, "db.example.com:5432:app:bob:{V}\n", 100},
    {".pgpass, other port", Password, "db.example.com:26257:*:bob:{V}\n", 100},
    {".npmrc, _password", Password, "//r.example.com/:_password={B}\n", 100},
    {"yarn, npmAuthIdent", Password, "npmAuthIdent: \"bob:{V}\"\n", 100},
    {".pypirc", Password, "[private]\nusername: bob\npassword: {V}\n", 100},
    {"poetry", Password, "poetry config http-basic.private bob {V}\n", 100},
    {"Terraform state, outputs", Password,
     "\"outputs\": {\"entry\": {\"value\": \"{V}\", \"type\": \"string\", \"sensitive\": true}}", 100},
    {"Terraform state, random_password", Key,
     "\"type\": \"random_password\", \"instances\": [{\"attributes\": {\"length\": 16, \"result\": "
     "\"{V}\"}}]",
     100},
    {"Terraform, sensitive default", Password,
     "variable \"entry\" {\n  sensitive = true\n  default   = \"{V}\"\n}\n", 100},
    {"Gradle, statement", Password, "signingConfigs {\n    storePassword '{V}'\n}\n", 100},
    {"Maven settings", Password, "<server><username>bob</username><password>{V}</password></server>", 100},
    {".git-credentials", Key, "https://bob:{V}@git.example.com\n", 100},
    {".git-credentials, sign", Password, "https://bob:ab#{V}@git.example.com\n", 100},
    {"aws configure", Key, "AWS Secret Access Key [None]: {V}\n", 90},
    {"Systems Manager", Password, "{\"Name\": \"entry\", \"Type\": \"SecureString\", \"Value\": \"{V}\"}",
     100},
    {"Secrets Manager", Password, "{\"Name\": \"entry\", \"SecretString\": \"{V}\"}", 100},
    {"Key Vault", Password, "{\"id\": \"https://v.vault.azure.net/secrets/entry/1\", \"value\": \"{V}\"}",
     100},
    {"Vault, table", Password, "====== Data ======\nKey      Value\n---      -----\nentry    {V}\n", 100},
    {"Vault, put", Password, "vault kv put secret/a entry={V} other=x\n", 100},
    {"Vault, answer", Password, "{\"lease_duration\": 0, \"data\": {\"data\": {\"entry\": \"{V}\"}}}", 100},
    {"fly secrets", Password, "fly secrets set ENTRY={V}\n", 100},
    {"gh secret", Password, "echo -n '{V}' | gh secret set ENTRY\n", 100},
    {"gcloud secrets", Password, "$ gcloud secrets versions access latest --secret=entry\n{V}\n", 100},
    {"1Password", Password, "{\"type\": \"CONCEALED\", \"label\": \"entry\", \"value\": \"{V}\"}", 100},
    {"keychain", Password, "security add-generic-password -a bob -s entry -w {V}\n", 100},
    {"composer", Key, "\"bearer\": {\n    \"packages.example.com\": \"{V}\"\n}", 90},
    {"wpa_supplicant", Password, "network={\n    ssid=\"home\"\n    psk=\"{V}\"\n}\n", 100},
    {"ODBC", Password, "DRIVER={x};SERVER=h;UID=sa;PWD={V};\n", 100},
    {"Oracle", Key, "jdbc:oracle:thin:scott/{V}@//h:1521/X\n", 100},
    {"htpasswd", Password, "htpasswd -bc .htpasswd bob {V}\n", 100},
    {"section of secrets", Key, "[secrets]\nentry = \"{V}\"\n", 100},
};

}  // namespace

std::span<const NamedCarrier> filed_carriers() {
    return k_carriers;
}

}  // namespace opentraces::testing
