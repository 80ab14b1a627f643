#include "run/identity.h"

#include <string.h>

static void digest_of(const char *bytes, size_t length, char hex[SHA256_HEX_SIZE])
{
    struct sha256 sha256;
    uint8_t digest[SHA256_SIZE];
    sha256_init(&sha256);
    sha256_add(&sha256, bytes, length);
    sha256_end(&sha256, digest);
    sha256_hex(digest, hex);
}

bool config_digest(const struct config *config, char digest[SHA256_HEX_SIZE], struct assay_error *error)
{
    struct text text = {0};
    config_write_identity(config, &text);
    const bool done = !text.failed;
    if (done)
        digest_of(text.bytes, text.length, digest);
    text_finish(&text);
    return done || assay_fail_memory(error, "identifying a config");
}

bool run_identity_init(struct run_identity *identity, const struct config *config, const char *data_digest,
                       const char *weights, size_t length, struct assay_error *error)
{
    *identity = (struct run_identity){0};
    memcpy(identity->data, data_digest, sizeof identity->data);
    if (weights != NULL)
        digest_of(weights, length, identity->weights);
    config_write_identity(config, &identity->config);

    struct text all = {0};
    text_add_bytes(&all, identity->config.bytes, identity->config.length);
    text_add(&all, "# data %s\n# weights %s\n", identity->data, identity->weights);
    const bool done = !identity->config.failed && !all.failed;
    if (done) {
        digest_of(identity->config.bytes, identity->config.length, identity->config_digest);
        digest_of(all.bytes, all.length, identity->digest);
    } else {
        run_identity_finish(identity);
    }
    text_finish(&all);
    return done || assay_fail_memory(error, "identifying the run");
}

void run_identity_finish(struct run_identity *identity)
{
    text_finish(&identity->config);
}
