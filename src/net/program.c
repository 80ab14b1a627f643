#include "net/program.h"

#include <assert.h>

/* How a later phase stands to an earlier one. */
enum relation { INDEPENDENT, SAME_ITEM, ACROSS };

struct draft {
    int level, per_sample, items, together;
    enum relation relation; /* of the phase that is being placed to those of the group */
};

static int find(const int *ids, int count, int id)
{
    for (int i = 0; i < count; i++)
        if (ids[i] == id)
            return i;
    return -1;
}

static enum relation worse(enum relation a, enum relation b)
{
    return a > b ? a : b;
}

static enum relation relate(const struct phase_use *earlier, const struct phase_use *later)
{
    const struct assay_phase *p = earlier->placed.phase, *q = later->placed.phase;
    const bool same_cut = p->per_sample > 0 && p->per_sample == q->per_sample;
    enum relation relation = INDEPENDENT;
    for (int i = 0; i < earlier->write_count; i++) {
        const int read = find(later->reads, later->read_count, earlier->writes[i]);
        if (read >= 0)
            relation = worse(relation, same_cut && !later->across[read] ? SAME_ITEM : ACROSS);
        if (find(later->writes, later->write_count, earlier->writes[i]) >= 0)
            relation = worse(relation, same_cut ? SAME_ITEM : ACROSS);
    }
    for (int i = 0; i < earlier->read_count; i++)
        if (find(later->writes, later->write_count, earlier->reads[i]) >= 0)
            relation = worse(relation, same_cut && !earlier->across[i] ? SAME_ITEM : ACROSS);
    return relation;
}

int phase_together(const struct assay_phase *phase)
{
    return phase->together > 1 ? phase->together : 1;
}

/* Puts phase `use` into the last group it follows item by item, or else into a new group behind all that it
 * waits for. Returns the group. */
static int place(const struct phase_use *uses, const int *group_of, int use, struct draft *drafts,
                 int *draft_count)
{
    int join = -1, level = 0;
    for (int g = 0; g < *draft_count; g++)
        drafts[g].relation = INDEPENDENT;
    for (int u = 0; u < use; u++) {
        struct draft *draft = &drafts[group_of[u]];
        draft->relation = worse(draft->relation, relate(&uses[u], &uses[use]));
    }
    for (int g = 0; g < *draft_count; g++) {
        const enum relation relation = drafts[g].relation;
        if (relation == ACROSS && drafts[g].level >= level)
            level = drafts[g].level + 1;
        if (relation == SAME_ITEM) {
            if (join >= 0) {
                const int lower = drafts[join].level < drafts[g].level ? join : g;
                join = lower == join ? g : join;
                level = drafts[lower].level >= level ? drafts[lower].level + 1 : level;
            } else {
                join = g;
            }
        }
    }
    const struct assay_phase *phase = uses[use].placed.phase;
    const int together = phase_together(phase);
    if (join >= 0 && drafts[join].level >= level) {
        int *const joined = &drafts[join].together;
        assert(*joined == together || *joined == 1 || together == 1); /* or a chain would leave its item */
        *joined = *joined < together ? together : *joined;
        return join;
    }
    if (join >= 0)
        level = drafts[join].level >= level ? drafts[join].level + 1 : level;
    drafts[*draft_count] = (struct draft){level, phase->per_sample, phase->items, together, INDEPENDENT};
    return (*draft_count)++;
}

/* Phases that take one sample at a time follow each other sample by sample; one that takes several is a
 * chain of its own. */
static void add_chains(struct program *program, struct phase_group *group)
{
    const int end = group->first + group->count;
    group->first_chain = program->chain_count;
    for (int p = group->first, next; p < end; p = next) {
        const int together = phase_together(program->phases[p].phase);
        for (next = p + 1; together == 1 && next < end && phase_together(program->phases[next].phase) == 1;)
            next++;
        program->chains[program->chain_count++] =
            (struct phase_chain){.first = p, .count = next - p, .together = together};
    }
    group->chain_count = program->chain_count - group->first_chain;
}

bool program_build(struct program *program, const struct phase_use *uses, int count, struct arena *arena)
{
    const size_t room = (size_t)count + 1;
    int *group_of = arena_allocate(arena, room, sizeof *group_of);
    struct draft *drafts = arena_allocate(arena, room, sizeof *drafts);
    program->phases = arena_allocate(arena, room, sizeof *program->phases);
    program->chains = arena_allocate(arena, room, sizeof *program->chains);
    program->groups = arena_allocate(arena, room, sizeof *program->groups);
    program->rounds = arena_allocate(arena, room, sizeof *program->rounds);
    if (!group_of || !drafts || !program->phases || !program->chains || !program->groups || !program->rounds)
        return false;
    int draft_count = 0;
    for (int u = 0; u < count; u++)
        group_of[u] = place(uses, group_of, u, drafts, &draft_count);

    int done = 0;
    for (int level = 0; done < draft_count; level++) {
        struct phase_round *round = &program->rounds[program->round_count++];
        round->first = program->group_count;
        for (int g = 0; g < draft_count; g++) {
            if (drafts[g].level != level)
                continue;
            struct phase_group *group = &program->groups[program->group_count++];
            *group = (struct phase_group){.first = program->phase_count,
                                          .per_sample = drafts[g].per_sample,
                                          .items = drafts[g].items,
                                          .together = drafts[g].together};
            for (int u = 0; u < count; u++)
                if (group_of[u] == g)
                    program->phases[program->phase_count++] = uses[u].placed;
            group->count = program->phase_count - group->first;
            add_chains(program, group);
            done++;
        }
        round->count = program->group_count - round->first;
    }
    return true;
}
