/* assay figures: curves of an experiment's points, drawn by gnuplot. */
#include "cli/results.h"
#include "report/figure.h"

static const struct option options[] = {
    OPTION_OUT,
    {"check", NULL, "compares the SVG files with what the runs give, byte by byte, and writes nothing"},
    {0},
};
enum { ALL, ONE }; /* ONE + enum figure_format */
static const char *const formats[] = {"all", "svg", "png", NULL};

/* PNG files depend on the machine's fonts, and so are not checked. */
static bool is_wanted(const struct invocation *invocation, enum figure_format format)
{
    if (option_given(invocation, "check"))
        return format == FIGURE_SVG;
    return invocation->format == ALL || invocation->format == ONE + (size_t)format;
}

static bool draw(const struct invocation *invocation, struct arena *arena, const struct figure *figure,
                 struct output *outputs, size_t *count, struct assay_error *error)
{
    for (enum figure_format format = 0; format < FIGURE_FORMATS; format++) {
        if (!is_wanted(invocation, format))
            continue;
        struct text picture = {0};
        bool done = figure_draw(figure, format, &picture, error);
        const char *name = arena_format(arena, "%s.%s", figure->declared->name, figure_extensions[format]);
        const char *bytes = done ? arena_copy(arena, picture.bytes, picture.length) : NULL;
        if (done && (name == NULL || bytes == NULL))
            done = assay_fail_memory(error, "drawing figures");
        if (done)
            outputs[(*count)++] = (struct output){name, bytes, picture.length};
        text_finish(&picture);
        if (!done)
            return false;
    }
    return true;
}

static bool draw_all(struct invocation *invocation, struct arena *arena, const struct results *results,
                     struct assay_error *error)
{
    const struct experiment *experiment = results->experiment;
    struct output *outputs =
        arena_allocate(arena, experiment->figure_count * FIGURE_FORMATS, sizeof *outputs);
    size_t count = 0;
    if (outputs == NULL)
        return assay_fail_memory(error, "drawing figures");
    for (size_t i = 0; i < experiment->figure_count; i++) {
        const struct figure *figure = figure_create(arena, results, &experiment->figures[i], error);
        if (figure == NULL || !draw(invocation, arena, figure, outputs, &count, error))
            return false;
    }
    return put_outputs(invocation, experiment->name, outputs, count, error);
}

static enum assay_status show(struct invocation *invocation, struct arena *arena,
                              const struct results *results, struct assay_error *error)
{
    if (results->experiment->figure_count == 0) {
        log_say(invocation->log, LOG_INFO, "%s declares no figures", results->experiment->name);
        return ASSAY_DONE;
    }
    if (!draw_all(invocation, arena, results, error))
        return error->status;
    return option_given(invocation, "check") ? ASSAY_DONE : tell_missing(results, error);
}

static enum assay_status run(struct invocation *invocation, struct assay_error *error)
{
    return with_results(invocation, error, show);
}

const struct command figures_command = {
    .name = "figures",
    .summary = "draw the figures of an experiment: curves with their range over the seeds",
    .usage = "EXPERIMENT",
    .details =
        "Writes <figure>.svg and <figure>.png into the experiment's directory among the results, from the\n"
        "curves.csv of its finished runs. gnuplot draws them, and must be installed. The same files and the\n"
        "same gnuplot give the same SVG, byte for byte.\n",
    .examples = "assay figures experiments/quickstart.yaml\n"
                "assay figures experiments/figure-2.1.yaml --format svg\n"
                "assay figures experiments/figure-2.1.yaml --check\n",
    .options = options,
    .formats = formats,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
