/* The kinds that are numbers: int, seed, real, amount. */
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "schema/kind.h"

struct range {
    double least, most;
    bool above, below;
};

static const struct range int_limits = {.least = INT_MIN, .most = INT_MAX};
static const struct range seed_range = {.least = 0, .most = 0x1p53};
static const struct range no_limits = {.least = -INFINITY, .most = INFINITY};

static struct range range_of(const struct assay_field *field)
{
    return (struct range){field->least, field->most, field->above, field->below};
}

static bool holds(struct range range, double value)
{
    return (range.above ? value > range.least : value >= range.least) &&
           (range.below ? value < range.most : value <= range.most);
}

/* The range, with the limits where it has none itself. */
static struct range close_range(struct range range, struct range limits)
{
    if (isinf(range.least))
        range.least = limits.least;
    if (isinf(range.most))
        range.most = limits.most;
    return range;
}

static bool is_whole(double value)
{
    return fabs(value) <= 0x1p53 && value == rint(value);
}

static void add_bound(struct text *text, const char *words, double bound)
{
    text_add(text, "%s", words);
    if (is_whole(bound))
        text_add(text, "%.0f", bound);
    else
        text_add_double(text, bound);
}

static void add_range(struct text *text, const char *noun, struct range range)
{
    const bool from = isfinite(range.least), to = isfinite(range.most);
    text_add(text, "%s", noun);
    if (from && to && !range.above && !range.below) {
        add_bound(text, " from ", range.least);
        add_bound(text, " to ", range.most);
        return;
    }
    if (from)
        add_bound(text, range.above ? " above " : " of at least ", range.least);
    if (to) {
        text_add(text, from ? " and" : range.below ? "" : " of");
        add_bound(text, range.below ? " below " : " at most ", range.most);
    }
}

/* Beyond 2^53, where not every whole number is a double, any is as good as infinite: out of every range. */
static bool parse_whole(const char *text, double *value)
{
    if (text[strspn(text, "+-0123456789")] != '\0' || !number_parse_double(text, value))
        return false;
    int64_t whole;
    if (!number_parse_int(text, &whole) || whole > INT64_C(1) << 53 || whole < -(INT64_C(1) << 53))
        *value = copysign(INFINITY, *value);
    return true;
}

/* Without "_" and leading zeros, which other languages allow; "" where that is too long for a number. */
static void plain_number(const char *text, char plain[NUMBER_TEXT_SIZE])
{
    size_t length = 0;
    for (; *text != '\0' && length < NUMBER_TEXT_SIZE - 1; text++) {
        const bool leads = length == 0 || strchr("+-", plain[length - 1]) != NULL;
        const bool is_idle = *text == '_' || (leads && text[0] == '0' && strspn(text + 1, "0123456789_") > 0);
        plain[length] = *text;
        length += !is_idle;
    }
    plain[*text == '\0' ? length : 0] = '\0';
}

/* "; write 16", where that is what 16.0, 1_6 or "16" was probably meant to be. */
static void add_advice(struct text *message, const struct node *node,
                       bool (*parse)(const char *text, double *value))
{
    char plain[NUMBER_TEXT_SIZE];
    double value;
    if (node->kind != NODE_SCALAR)
        return;
    plain_number(node->text, plain);
    if (node->quoted && parse(node->text, &value))
        text_add(message, "; write it without quotes");
    else if (parse(plain, &value))
        text_add(message, "; write %s", plain);
    else if (number_parse_double(plain, &value) && is_whole(value))
        text_add(message, "; write %.0f", value);
}

/* A number within `range`, and within `limits` where the range has no end. */
static bool bind_number(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path, bool (*parse)(const char *text, double *value),
                        struct range range, struct range limits, double *value)
{
    const bool is_text = node->kind == NODE_SCALAR && node->quoted;
    const bool is_number = node->kind == NODE_SCALAR && !is_text && parse(node->text, value);
    const struct range closed = close_range(range, limits);
    if (is_number && holds(closed, *value))
        return true;
    struct text message = {0};
    text_add(&message, "wants ");
    if (is_number) {
        add_range(&message, field->kind->name, holds(range, *value) ? closed : range);
        text_add(&message, ", found %.40s", node->text);
    } else {
        text_add(&message, "%s, found %s", field->kind->name, is_text ? "the text " : "");
        node_describe(node, &message);
        add_advice(&message, node, parse);
    }
    return refuse(binder, node->place, path, &message);
}

static void describe_number(const struct assay_field *field, struct text *text)
{
    add_range(text, field->kind->name, range_of(field));
}

static void json_bound(struct json_schema *schema, const char *key, double bound)
{
    if (is_whole(bound))
        json_integer(&schema->writer, key, (long long)bound);
    else if (isfinite(bound))
        json_number(&schema->writer, key, bound);
}

static void json_number_type(struct json_schema *schema, const char *type, struct range range)
{
    json_string(&schema->writer, "type", type);
    json_bound(schema, range.above ? "exclusiveMinimum" : "minimum", range.least);
    json_bound(schema, range.below ? "exclusiveMaximum" : "maximum", range.most);
}

static const char *audit_range(const struct assay_field *field)
{
    return field->least < field->most ? NULL : "its range is empty (INFINITY stands for no end)";
}

/* int */

static bool bind_int(const struct binder *binder, const struct assay_field *field, const struct node *node,
                     const struct path *path, void *member)
{
    double value = 0;
    if (!bind_number(binder, field, node, path, parse_whole, range_of(field), int_limits, &value))
        return false;
    *(int *)member = (int)value;
    return true;
}

static void write_int(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    text_add(writer->text, " %d\n", *(const int *)member);
}

static void json_int(const struct assay_field *field, struct json_schema *schema)
{
    json_number_type(schema, "integer", range_of(field));
}

static const char *audit_int(const struct assay_field *field)
{
    if (field->optional && holds(range_of(field), -1))
        return "its range holds -1, which stands for null";
    return audit_range(field);
}

const struct assay_kind assay_kind_int = {
    .name = "a whole number",
    .bind = bind_int,
    .null = &(const int){-1},
    .size = sizeof(int),
    .write = write_int,
    .describe = describe_number,
    .json = json_int,
    .audit = audit_int,
};

/* seed */

static bool bind_seed(const struct binder *binder, const struct assay_field *field, const struct node *node,
                      const struct path *path, void *member)
{
    double value = 0;
    if (!bind_number(binder, field, node, path, parse_whole, seed_range, seed_range, &value))
        return false;
    *(uint64_t *)member = (uint64_t)value;
    return true;
}

static void write_seed(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    text_add(writer->text, " %" PRIu64 "\n", *(const uint64_t *)member);
}

static void describe_seed(const struct assay_field *field, struct text *text)
{
    add_range(text, field->kind->name, seed_range);
}

static void json_seed(const struct assay_field *field, struct json_schema *schema)
{
    (void)field;
    json_number_type(schema, "integer", seed_range);
}

const struct assay_kind assay_kind_seed = {
    .name = "a whole number",
    .size = sizeof(uint64_t),
    .bind = bind_seed,
    .write = write_seed,
    .describe = describe_seed,
    .json = json_seed,
};

/* real */

static bool bind_real(const struct binder *binder, const struct assay_field *field, const struct node *node,
                      const struct path *path, void *member)
{
    return bind_number(binder, field, node, path, number_parse_double, range_of(field), no_limits, member);
}

static void write_real(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    text_add_char(writer->text, ' ');
    text_add_double(writer->text, *(const double *)member);
    text_add_char(writer->text, '\n');
}

static void json_real(const struct assay_field *field, struct json_schema *schema)
{
    json_number_type(schema, "number", range_of(field));
}

const struct assay_kind assay_kind_real = {
    .name = "a number",
    .bind = bind_real,
    .null = &(const double){NAN},
    .size = sizeof(double),
    .write = write_real,
    .describe = describe_number,
    .json = json_real,
    .audit = audit_range,
};

/* amount */

/* "10%" */
static bool parse_share(const char *text, double *value)
{
    char number[NUMBER_TEXT_SIZE];
    const size_t length = strlen(text);
    if (length < 2 || length > sizeof number || text[length - 1] != '%')
        return false;
    memcpy(number, text, length - 1);
    number[length - 1] = '\0';
    return number_parse_double(number, value);
}

static bool bind_amount(const struct binder *binder, const struct assay_field *field, const struct node *node,
                        const struct path *path, void *member)
{
    struct assay_amount *amount = member;
    const bool is_share = node->kind == NODE_SCALAR && parse_share(node->text, &amount->value);
    amount->relative = is_share;
    return bind_number(binder, field, node, path, is_share ? parse_share : number_parse_double,
                       range_of(field), no_limits, &amount->value);
}

static void write_amount(const struct assay_field *field, const void *member, const struct writer *writer)
{
    (void)field;
    const struct assay_amount *amount = member;
    text_add_char(writer->text, ' ');
    text_add_double(writer->text, amount->value);
    text_add(writer->text, amount->relative ? "%%\n" : "\n");
}

static void json_amount(const struct assay_field *field, struct json_schema *schema)
{
    json_open(&schema->writer, "anyOf", '[');
    json_open(&schema->writer, NULL, '{');
    json_number_type(schema, "number", range_of(field));
    json_close(&schema->writer);
    json_open(&schema->writer, NULL, '{');
    json_string(&schema->writer, "type", "string");
    json_string(&schema->writer, "pattern", "^[0-9.eE+-]+%$");
    json_close(&schema->writer);
    json_close(&schema->writer);
}

const struct assay_kind assay_kind_amount = {
    .name = "a number (or a share, as in 10%)",
    .bind = bind_amount,
    .null = &(const struct assay_amount){NAN, false},
    .size = sizeof(struct assay_amount),
    .write = write_amount,
    .describe = describe_number,
    .json = json_amount,
    .audit = audit_range,
};
