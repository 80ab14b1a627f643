/* A suite is a table of tests; a test program is one suite. */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Passes when the texts are equal; prints both when they are not. */
#define CHECK_TEXT(found, wanted) check_text((found), (wanted), __LINE__, __FILE__)

static inline void check_text(const char *found, const char *wanted, unsigned line, const char *file)
{
    const bool equal = found != NULL && wanted != NULL && strcmp(found, wanted) == 0;
    if (!equal)
        fprintf(stderr, "%s:%u:\n  found:  %s\n  wanted: %s\n", file, line, found ? found : "(null)",
                wanted ? wanted : "(null)");
    CU_assertImplementation(equal, line, "CHECK_TEXT", file, "", CU_FALSE);
}

static inline bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* The exit status: 0 when every test passed. */
static inline int run_suite(const char *name, CU_TestInfo *tests)
{
    CU_SuiteInfo suites[] = {{name, NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
        return EXIT_FAILURE;
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
