/* The files of a run directory by their names; docs/run-directory.md says what is in each. */
#ifndef RUN_FILES_H
#define RUN_FILES_H

#define CONFIG_FILE "config.yaml"
#define CURVES_FILE "curves.csv"
#define TIMING_FILE "timing.csv"
#define SUMMARY_FILE "summary.json"
#define PREDICTIONS_FILE "predictions.csv"
#define MISTAKES_FILE "mistakes.csv"
#define BEST_FILE "best.safetensors"
#define LAST_FILE "last.safetensors"
#define CHECKPOINT_FILE "checkpoint"
#define OLDER_CHECKPOINT_FILE "checkpoint.previous"
#define PROVENANCE_FILE "provenance.json"
#define FAILURE_FILE "failure.json"
#define LOG_FILE "log.txt"
#define LOCK_FILE ".lock"

#endif
