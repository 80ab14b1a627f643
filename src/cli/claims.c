/* assay claims: the verdicts on what experiments claim. */
#include <string.h>

#include "base/file.h"
#include "cli/results.h"
#include "spec/relative.h"

static const struct option options[] = {OPTION_OUT, OPTION_WRITE, OPTION_CHECK, {0}};
static const char *const formats[] = {"text", "json", "md", NULL}; /* in the order of … */
static void (*const writers[])(struct text *, const struct claim_list *) = {claims_add_text, claims_add_json,
                                                                            claims_add_markdown};

/* The experiments of one directory, looked at once however many of them are asked for. */
struct book {
    const char *directory, *also;
    const struct claims *claims;
};

struct request {
    struct invocation *invocation;
    struct arena *arena;
    struct book *books;
    size_t book_count;
    bool in_file; /* commands are for files */
};

static const char *sweep(void *cookie, struct arena *arena, const struct experiment *experiment)
{
    const struct request *request = cookie;
    return sweep_command_line(request->invocation, arena, experiment->path, request->in_file);
}

/* The directory of an argument, which may be one itself. */
static const char *directory_of(struct arena *arena, const char *argument)
{
    size_t length = strlen(argument);
    while (length > 1 && argument[length - 1] == '/')
        length--;
    if (directory_exists(argument))
        return arena_copy_text(arena, argument, length);
    return arena_adopt_text(arena, path_directory(argument));
}

/* Whether the experiments of the book are all that the argument, a directory or a file there, is about. */
static bool has_all(const struct book *book, const char *argument, bool is_directory)
{
    enum file_kind kind;
    return is_directory || (book->also != NULL && strcmp(book->also, argument) == 0) ||
           (is_yaml_file(argument) && recognize_file(argument, &kind, NULL) && kind == FILE_EXPERIMENT);
}

/* NULL on failure. */
static const struct book *open_book(struct request *request, const char *argument, struct assay_error *error)
{
    const bool is_directory = directory_exists(argument);
    const char *directory = directory_of(request->arena, argument), *also = is_directory ? NULL : argument;
    if (directory == NULL) {
        assay_fail_memory(error, "deciding claims");
        return NULL;
    }
    for (size_t i = 0; i < request->book_count; i++)
        if (strcmp(request->books[i].directory, directory) == 0 &&
            has_all(&request->books[i], argument, is_directory))
            return &request->books[i];
    struct book *book = &request->books[request->book_count];
    *book = (struct book){directory, also,
                          load_claims(request->invocation, request->arena, directory, also, error)};
    request->book_count += book->claims != NULL;
    return book->claims != NULL ? book : NULL;
}

/* Claims to be shown, each once. */
struct chosen {
    const struct claim_result **items;
    size_t count;
};

static void choose(struct chosen *chosen, const struct claim_result *claim)
{
    for (size_t i = 0; i < chosen->count; i++)
        if (chosen->items[i] == claim)
            return;
    chosen->items[chosen->count++] = claim;
}

static struct claim_list list_of(struct request *request, const struct chosen *chosen)
{
    return (struct claim_list){chosen->items, chosen->count, sweep, request};
}

/* claims.md and claims.json of these, in the directory `name` among the results (NULL: beside the
 * directories). */
static bool put_claims(struct request *request, const char *name, const struct chosen *chosen,
                       struct assay_error *error)
{
    enum { FILES = 2 };
    static const char *const file_names[FILES] = {"claims.md", "claims.json"};
    const struct claim_list list = list_of(request, chosen);
    struct text texts[FILES] = {0};
    claims_add_markdown(&texts[0], &list);
    claims_add_json(&texts[1], &list);
    return put_texts(request->invocation, name, file_names, texts, FILES, error);
}

/* Files that differ are said, and the others still looked at; `error` then has the status and no text. */
static bool put_or_complain(struct request *request, const char *name, const struct chosen *chosen,
                            struct assay_error *error)
{
    struct text *complaint = &request->invocation->complaint;
    struct assay_error here = {0};
    if (put_claims(request, name, chosen, &here))
        return true;
    if (here.status == ASSAY_INCOMPLETE) {
        text_add(complaint, "assay: ");
        text_add_escaped_lines(complaint, here.text);
        text_add_char(complaint, '\n');
        here.text[0] = '\0';
    }
    *error = here;
    return here.status == ASSAY_INCOMPLETE;
}

/* The files of every experiment that has one of the chosen claims. */
static bool put_experiments(struct request *request, const struct chosen *chosen, struct assay_error *error)
{
    const struct claim_result **items = arena_allocate(request->arena, chosen->count, sizeof *items);
    if (items == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t first = 0; first < chosen->count; first++) {
        const struct experiment *experiment = chosen->items[first]->results->experiment;
        struct chosen own = {items, 0};
        bool is_new = true;
        for (size_t i = 0; i < chosen->count; i++)
            if (chosen->items[i]->results->experiment == experiment) {
                is_new &= i >= first;
                own.items[own.count++] = chosen->items[i];
            }
        if (is_new && !put_or_complain(request, experiment->name, &own, error))
            return false;
    }
    return true;
}

static bool put_all(struct request *request, const struct chosen *chosen, struct assay_error *error)
{
    const struct invocation *invocation = request->invocation;
    bool of_directory = false;
    for (size_t i = 0; i < invocation->argument_count; i++)
        of_directory |= directory_exists(invocation->arguments[i]);
    request->in_file = true;
    return put_experiments(request, chosen, error) &&
           (!of_directory || put_or_complain(request, NULL, chosen, error));
}

static enum assay_status tell_undecided(const struct chosen *chosen, struct assay_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < chosen->count; i++)
        count += !chosen->items[i]->is_complete;
    if (count > 0)
        assay_fail(error, ASSAY_INCOMPLETE, "%zu of %zu claims wait%s for missing runs", count, chosen->count,
                   count == 1 ? "s" : "");
    return count > 0 ? error->status : ASSAY_DONE;
}

static enum assay_status show(struct request *request, const struct chosen *chosen, struct assay_error *error)
{
    struct invocation *invocation = request->invocation;
    const bool checks = option_given(invocation, "check");
    if (checks || option_given(invocation, "write")) {
        if (!put_all(request, chosen, error))
            return error->status;
    } else {
        const struct claim_list list = list_of(request, chosen);
        writers[invocation->format](&invocation->out, &list);
    }
    return checks ? error->status : tell_undecided(chosen, error);
}

static bool choose_all(struct request *request, struct chosen *chosen, struct assay_error *error)
{
    const struct invocation *invocation = request->invocation;
    size_t most = 0;
    for (size_t i = 0; i < invocation->argument_count; i++) {
        const struct book *book = open_book(request, invocation->arguments[i], error);
        if (book == NULL)
            return false;
        most += book->claims->count;
    }
    chosen->items = arena_allocate(request->arena, most, sizeof *chosen->items);
    if (chosen->items == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t i = 0; i < invocation->argument_count; i++) {
        const char *argument = invocation->arguments[i];
        const struct book *book = open_book(request, argument, error);
        if (book == NULL)
            return false;
        const struct claims *claims = book->claims;
        const size_t before = chosen->count;
        for (size_t c = 0; c < claims->count; c++)
            if (directory_exists(argument) || claim_is_of(&claims->items[c], argument))
                choose(chosen, &claims->items[c]);
        if (chosen->count == before)
            log_say(invocation->log, LOG_INFO, "%s declares no claims", argument);
    }
    return true;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    if (!check_write_options(invocation, error))
        return error->status;
    struct arena *arena = arena_create();
    struct request request = {.invocation = invocation, .arena = arena};
    struct chosen chosen = {0};
    enum assay_status status = ASSAY_MACHINE;
    if (arena != NULL)
        request.books = arena_allocate(arena, invocation->argument_count, sizeof *request.books);
    if (request.books == NULL)
        assay_fail_memory(error, "deciding claims");
    else
        status = choose_all(&request, &chosen, error) ? show(&request, &chosen, error) : error->status;
    arena_destroy(arena);
    return status;
}

const struct command claims_command = {
    .name = "claims",
    .summary = "each claim of an experiment: holds, does not hold, cannot tell, and why",
    .usage = "EXPERIMENT|DIRECTORY ...",
    .details =
        "Claims of one family are corrected together (Holm), wherever they are declared: in all "
        "experiment files\n"
        "(*.yaml, *.yml) of a directory, which are looked at whichever of them is named. A claim is decided "
        "once all of\n"
        "its runs have ended. --write leaves claims.md and claims.json among the results, of a "
        "directory also\n"
        "beside the experiments. Ends with 1 when claims wait for runs, or with --check when a file "
        "differs.\n",
    .examples = "assay claims experiments/quickstart.yaml\n"
                "assay claims experiments --format json\n"
                "assay claims experiments --write\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = SIZE_MAX,
    .run = run,
};
