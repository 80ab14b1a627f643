#include "cli/training.h"

#include <math.h>
#include <stdlib.h>

#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "io/json.h"

enum { TEXT, JSON };
const char *const training_formats[] = {"text", "json", NULL};

/* A line for each that is known. */
static void add_errors(struct text *text, const struct assay_run_result *result)
{
    const struct {
        const char *label;
        double error_pct;
    } lines[] = {{"test error", result->test_error_pct},
                 {"held out", result->held_out_error_pct},
                 {"validation", result->val_error_pct}};
    /* Where nothing is validated the last epoch is the best by definition, which is nothing to tell. */
    const bool is_best = result->result_epoch == result->best_epoch &&
                         (!isnan(result->val_error_pct) || result->best_epoch < result->epochs);
    bool first = true;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (isnan(lines[i].error_pct))
            continue;
        text_add(text, "%-12s%.2f %%", lines[i].label, lines[i].error_pct);
        if (first)
            text_add(text, " after epoch %d", result->result_epoch);
        if (first && is_best)
            text_add(text, ", the best of %d", result->epochs);
        text_add(text, "\n");
        first = false;
    }
}

static void add_text(struct text *text, const struct assay_run_result *result, const char *directory,
                     bool again)
{
    add_errors(text, result);
    if (result->finished)
        text_add(text, "ended by    %s after %d epoch%s, ", result->stop_reason, result->epochs,
                 result->epochs == 1 ? "" : "s");
    else
        text_add(text, "not finished: %d epoch%s done, ", result->epochs, result->epochs == 1 ? "" : "s");
    add_duration(text, result->train_s + result->eval_s);
    if (!result->finished)
        text_add(text, "; the same command without --stop-after%s goes on", again ? " and --again" : "");
    text_add_char(text, '\n');
    text_add(text, "directory   %s\n", directory);
}

static void add_json(struct text *text, const struct assay_run_result *result, const char *directory)
{
    struct json_writer json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "directory", directory);
    json_bool(&json, "finished", result->finished);
    json_bool(&json, "found_finished", result->found);
    json_string(&json, "stop_reason", result->stop_reason);
    json_string(&json, "divergence", result->divergence[0] != '\0' ? result->divergence : NULL);
    json_integer(&json, "epochs", result->epochs);
    json_integer(&json, "best_epoch", result->best_epoch);
    json_integer(&json, "result_epoch", result->result_epoch);
    json_number(&json, "train_loss", result->train_loss);
    json_number(&json, "train_error_pct", result->train_error_pct);
    json_number(&json, "val_loss", result->val_loss);
    json_number(&json, "val_error_pct", result->val_error_pct);
    json_number(&json, "test_loss", result->test_loss);
    json_number(&json, "test_error_pct", result->test_error_pct);
    json_number(&json, "held_out_error_pct", result->held_out_error_pct);
    json_number(&json, "train_s", result->train_s);
    json_number(&json, "eval_s", result->eval_s);
    json_close(&json);
    text_add_char(text, '\n');
}

bool training_options(const struct invocation *invocation, struct training *training,
                      struct assay_error *error)
{
    int64_t stop_after;
    if (!option_integer(invocation, "stop-after", 1, INT32_MAX, 0, &stop_after, error))
        return false;
    *training = (struct training){.stop_after = (int)stop_after,
                                  .again = option_given(invocation, "again"),
                                  .other_machine = option_given(invocation, "other-machine")};
    return true;
}

void training_show(struct invocation *invocation, const char *directory,
                   const struct assay_run_result *result, enum assay_status status)
{
    if (result->found)
        log_say(invocation->log, LOG_INFO, "%s: finished before, nothing to do; --again runs it afresh",
                directory);
    if (invocation->format == JSON)
        add_json(&invocation->out, result, directory);
    else if (!invocation->quiet && (status == ASSAY_DONE || result->finished))
        add_text(&invocation->out, result, directory, option_given(invocation, "again"));
}

enum assay_status train_config(struct invocation *invocation, const struct training *training,
                               struct assay_error *error)
{
    struct progress progress;
    progress_start(&progress, invocation->quiet);
    const struct assay_observer observer = {&progress, progress_say, progress_show, signals_status};
    struct assay_run_result result;
    const enum assay_status status =
        assay_run(training->config,
                  &(struct assay_run_options){.directory = training->directory,
                                              .again = training->again,
                                              .other_machine = training->other_machine,
                                              .stop_after = training->stop_after,
                                              .instructions = getenv("ASSAY_ISA"),
                                              .command = invocation->command_line},
                  &observer, &result, error);
    progress_end(&progress);
    training_show(invocation, training->directory, &result, status);
    return status;
}
