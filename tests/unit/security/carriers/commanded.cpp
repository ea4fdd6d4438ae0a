// Values on command lines and in queries.
#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {
namespace {

using enum NamedValue;

const NamedCarrier k_carriers[] = {
    {"--name v", Key, "tool --api-key {V} run", 91},
    {"--name=v", Key, "tool --token={V} run", 91},
    {"--password v", Password, "tool --password '{V}' run", 91},
    {"list of arguments", Key, "[\"run\", \"--token\", \"{V}\"]", 91},
    {"list of arguments, =", Key, "[\"run\", \"--token={V}\"]", 91},
    {"list of arguments over lines", Password, "args:\n  - --password\n  - {V}\n", 91},
    {"-D", Password, "java -Ddb.password={V} -jar x.jar", 91},
    {"-e", Key, "docker run -e API_TOKEN={V} image", 91},
    {"--build-arg", Key, "docker build --build-arg NPM_TOKEN={V} .", 91},
    {"gh secret set --body", Key, "gh secret set DEPLOY_TOKEN --body \"{V}\"", 91},
    {"gh secret set -b", Key, "gh secret set DEPLOY_TOKEN --repo o/r -b {V}", 91},
    {"aws configure set", Key, "aws configure set aws_secret_access_key {V}", 91},
    {"heroku config:set", Key, "heroku config:set API_TOKEN={V} -a app", 91},
    {"npm config set", Key, "npm config set //r.h.io/:_authToken {V}", 91},
    {"git config", Key, "git config --global hub.token {V}", 91},
    {"pulumi config set", Password, "pulumi config set --secret dbPassword '{V}'", 91},
    {"fly secrets set", Key, "fly secrets set API_TOKEN={V}", 91},
    {"kubectl literal", Password, "kubectl create secret generic x --from-literal=password={V}", 91},
    {"vault kv put", Password, "vault kv put secret/app password={V}", 91},
    {"docker login -p", Password, "docker login -u bob -p {V} registry.h.io", 91},
    {"docker login --password", Password, "docker login --username bob --password {V}", 91},
    {"podman login -p", Password, "podman login registry.h.io -u bob -p '{V}'", 91},
    {"helm login", Password, "helm registry login h.io -u bob -p {V}", 91},
    {"az login", Key, "az login --service-principal -u app -p {V} --tenant t", 91},
    {"oc login", Key, "oc login https://h.io:6443 --token={V}", 91},
    {"pipe to password-stdin", Password, "echo \"{V}\" | docker login -u bob --password-stdin", 91},
    {"pipe, bare", Key, "echo {V} | docker login -u bob --password-stdin h.io", 91},
    {"pipe, printf", Key, "printf '%s' '{V}' | gh auth login --with-token", 91},
    {"pipe, here string", Key, "gh auth login --with-token <<< \"{V}\"", 91},
    {"pipe to secrets", Key, "echo -n \"{V}\" | gcloud secrets create s --data-file=-", 91},
    {"pipe to sudo", Password, "echo '{V}' | sudo -S apt-get update", 91},
    {"pipe to chpasswd", Password, "echo 'bob:{V}' | chpasswd", 91},
    {"curl -u", Password, "curl -u admin:{V} https://h.io/", 91},
    {"curl -u, quoted", Password, "curl -s -u 'admin:{V}' https://h.io/", 91},
    {"curl -u, no user", Key, "curl -u :{V} https://h.io/", 91},
    {"curl -u, no password", Key, "curl https://h.io/v1 -u {V}:", 91},
    {"curl -u, glued", Password, "curl -uadmin:{V} https://h.io/", 91},
    {"curl -u, continued", Password, "curl -X POST \\\n  -u admin:{V} \\\n  https://h.io/", 91},
    {"curl --user, continued", Password, "curl -X POST https://h.io/ \\\n  --user \"admin:{V}\"", 91},
    {"curl -H", Key, "curl -H 'X-Auth-Token: {V}' https://h.io/", 91},
    {"curl -d", Password, "curl -d '{\"user\":\"bob\",\"password\":\"{V}\"}' https://h.io/", 91},
    {"httpie", Password, "http -a bob:{V} https://h.io/", 91},
    {"wget", Password, "wget --user=bob --password={V} https://h.io/x", 91},
    {"mysql -p", Password, "mysql -h h -u root -p{V} app", 91},
    {"mysql -p, quoted", Password, "mysqldump -u root -p'{V}' app > x.sql", 91},
    {"PGPASSWORD", Password, "PGPASSWORD={V} psql -h h -U bob", 91},
    {"psql, string", Password, "psql \"host=h user=bob password={V}\"", 91},
    {"mongosh", Password, "mongosh -u admin -p {V} --authenticationDatabase admin", 91},
    {"redis-cli", Password, "redis-cli -h h -a {V} ping", 91},
    {"redis AUTH", Key, "> AUTH default {V}\nOK\n", 91},
    {"sqlcmd", Password, "sqlcmd -S h -U sa -P {V} -Q 'x'", 91},
    {"ldapsearch", Password, "ldapsearch -x -D cn=admin -w {V} -b dc=h", 91},
    {"smbclient", Password, "smbclient //h/share -U 'bob%{V}'", 91},
    {"sshpass -p", Password, "sshpass -p '{V}' ssh bob@h", 91},
    {"sshpass, glued", Password, "sshpass -p{V} ssh bob@h", 91},
    {"mosquitto", Password, "mosquitto_pub -h h -u bob -P '{V}' -t x", 91},
    {"htpasswd", Password, "htpasswd -b .htpasswd bob {V}", 91},
    {"openssl", Password, "openssl pkcs12 -export -passout pass:{V} -in x", 91},
    {"keytool", Password, "keytool -genkey -storepass {V} -alias x", 91},
    {"zip", Password, "7z a -p{V} x.7z dir", 91},
    {"nmcli", Password, "nmcli dev wifi connect home password {V}", 91},
    {"net user", Password, "net user bob {V} /add", 91},
    {"IDENTIFIED BY", Password, "CREATE USER 'bob'@'%' IDENTIFIED BY '{V}';", 91},
    {"IDENTIFIED WITH", Password, "ALTER USER 'bob'@'h' IDENTIFIED WITH mysql_native_password BY '{V}';", 91},
    {"WITH PASSWORD", Password, "CREATE ROLE bob WITH LOGIN PASSWORD '{V}';", 91},
    {"ENCRYPTED PASSWORD", Password, "ALTER USER bob WITH ENCRYPTED PASSWORD '{V}';", 91},
    {"LOGIN", Password, "CREATE LOGIN bob WITH PASSWORD = N'{V}';", 91},
    {"SET PASSWORD", Password, "SET PASSWORD FOR 'bob'@'h' = PASSWORD('{V}');", 91},
    {"duckdb secret", Key, "CREATE SECRET (TYPE S3, KEY_ID 'k', SECRET '{V}');", 91},
    {"COPY credentials", Key, "CREDENTIALS=(AWS_KEY_ID='k' AWS_SECRET_KEY='{V}')", 91},
    {"INSERT", Password, "INSERT INTO users (name, password) VALUES ('bob', '{V}');", 91},
    {"INSERT of two rows", Password,
     "insert into `users` (`password`, `name`)\nvalues ('x', 'ann'),\n       ('{V}', 'bob');", 91},
    {"UPDATE", Password, "UPDATE users SET password='{V}' WHERE id=1;", 91},
};

}  // namespace

std::span<const NamedCarrier> commanded_carriers() {
    return k_carriers;
}

}  // namespace opentraces::testing
