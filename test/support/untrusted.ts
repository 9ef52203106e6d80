/**
 * Key and certificate of a server on 127.0.0.1 that nobody trusts: it signed itself. Made for tests, and good for nothing
 * else: `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=127.0.0.1 \\
 * -addext subjectAltName=IP:127.0.0.1`
 */
export const untrusted = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgC7iDBQUZ9aTGgJsd
pjGamrL6UOqrbUeGbRFIX7Gd/36hRANCAAQ8ovnhSQImMsarl5blYQTM3cE9LzhO
V5znkElXMWjufzP0LRjQCO/kO+fMqRcbHt1y4GapGQhLu3nBb4BJ6P2r
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUXZ6LK0NqkdAebbLvqeRNuhIOdLcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNDEyMTEwMloYDzIxMjYxMDMx
MTIxMTAyWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ8ovnhSQImMsarl5blYQTM3cE9LzhOV5znkElXMWjufzP0LRjQCO/k
O+fMqRcbHt1y4GapGQhLu3nBb4BJ6P2ro2QwYjAdBgNVHQ4EFgQUUP6nNPj7eaRI
arMAHGwao28IA5MwHwYDVR0jBBgwFoAUUP6nNPj7eaRIarMAHGwao28IA5MwDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IE6H+Z1LJ3zeFcDwkt4zORPe1OmQG3XAhyBZgDXnBJIhAiEA3TLl2EBCiog3DK1l
PwLV2h3KGCliQPRw6WvlvnLbasE=
-----END CERTIFICATE-----`,
};
