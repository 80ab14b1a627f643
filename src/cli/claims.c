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

/* An argument: an experiment, or a directory of them. */
struct asked {
    const char *argument;
    bool is_directory;
    const struct book *book;
};

struct request {
    struct invocation *invocation;
    struct arena *arena;
    struct asked *asked;
    struct book *books; /* at most one for each that is asked */
    size_t asked_count, book_count;
    bool in_file; /* commands are for files */
};

static const char *sweep(void *cookie, struct arena *arena, const struct experiment *experiment)
{
    const struct request *request = cookie;
    return sweep_command_line(request->invocation, arena, experiment->path, request->in_file);
}

/* NULL without memory. */
static const char *directory_of(struct arena *arena, const struct asked *asked)
{
    size_t length = strlen(asked->argument);
    while (length > 1 && asked->argument[length - 1] == '/')
        length--;
    if (asked->is_directory)
        return arena_copy_text(arena, asked->argument, length);
    return arena_adopt_text(arena, path_directory(asked->argument));
}

/* Whether the experiments of the book, which is of the same directory, are all that is asked about. */
static bool has_all(const struct book *book, const struct asked *asked)
{
    enum file_kind kind;
    return asked->is_directory || (book->also != NULL && strcmp(book->also, asked->argument) == 0) ||
           (is_yaml_file(asked->argument) && recognize_file(asked->argument, &kind, NULL) &&
            kind == FILE_EXPERIMENT);
}

static bool open_book(struct request *request, struct asked *asked, struct assay_error *error)
{
    const char *directory = directory_of(request->arena, asked);
    if (directory == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t i = 0; i < request->book_count && asked->book == NULL; i++)
        if (strcmp(request->books[i].directory, directory) == 0 && has_all(&request->books[i], asked))
            asked->book = &request->books[i];
    if (asked->book != NULL)
        return true;
    const char *also = asked->is_directory ? NULL : asked->argument;
    const struct claims *claims = load_claims(request->invocation, request->arena, directory, also, error);
    if (claims == NULL)
        return false;
    struct book *book = &request->books[request->book_count++];
    *book = (struct book){directory, also, claims};
    asked->book = book;
    return true;
}

static bool open_books(struct request *request, struct assay_error *error)
{
    for (size_t i = 0; i < request->asked_count; i++) {
        struct asked *asked = &request->asked[i];
        asked->argument = request->invocation->arguments[i];
        if (!directory_look(asked->argument, &asked->is_directory, error) ||
            !open_book(request, asked, error))
            return false;
    }
    return true;
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
    bool of_directory = false;
    for (size_t i = 0; i < request->asked_count; i++)
        of_directory |= request->asked[i].is_directory;
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
    size_t most = 0;
    for (size_t i = 0; i < request->asked_count; i++)
        most += request->asked[i].book->claims->count;
    chosen->items = arena_allocate(request->arena, most, sizeof *chosen->items);
    if (chosen->items == NULL)
        return assay_fail_memory(error, "deciding claims");
    for (size_t i = 0; i < request->asked_count; i++) {
        const struct asked *asked = &request->asked[i];
        const struct claims *claims = asked->book->claims;
        const size_t before = chosen->count;
        for (size_t c = 0; c < claims->count; c++)
            if (asked->is_directory || claim_is_of(&claims->items[c], asked->argument))
                choose(chosen, &claims->items[c]);
        if (chosen->count == before)
            log_say(request->invocation->log, LOG_INFO, "%s declares no claims", asked->argument);
    }
    return true;
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    if (!check_write_options(invocation, error))
        return error->status;
    struct arena *arena = arena_create();
    struct request request = {
        .invocation = invocation, .arena = arena, .asked_count = invocation->argument_count};
    if (arena != NULL) {
        request.asked = arena_allocate(arena, request.asked_count, sizeof *request.asked);
        request.books = arena_allocate(arena, request.asked_count, sizeof *request.books);
    }
    struct chosen chosen = {0};
    bool done = request.asked != NULL && request.books != NULL;
    if (!done)
        assay_fail_memory(error, "deciding claims");
    done = done && open_books(&request, error) && choose_all(&request, &chosen, error);
    const enum assay_status status = done ? show(&request, &chosen, error) : error->status;
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
