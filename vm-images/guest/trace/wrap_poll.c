// SPDX-License-Identifier: GPL-2.0-only
/* poll(2): one record for each sync_file and dma-buf that was asked for. */
#include "internal.h"

#define FDS_MAX 64

static bool is_polled(int variable)
{
	return letter_of(variable) == FL_VARIABLE_S || letter_of(variable) == FL_VARIABLE_B;
}

static void record(const struct trace_span *span, int variable, const struct pollfd *p, int ms)
{
	const int32_t args[] = { variable, (uint16_t)p->events, ms };
	const int32_t results[] = { p->revents != 0, (uint16_t)p->revents };

	trace_record(FL_OP_POLL, span, args, 3, results, 2);
}

/* Which variables those are is asked before: another thread may close one meanwhile. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int ms)
{
	int variables[FDS_MAX];
	struct trace_span span;
	long ret;

	if (!trace_on() || count > FDS_MAX)
		return __real_poll(fds, count, ms);
	for (nfds_t i = 0; i < count; i++)
		variables[i] = file_variable(fds[i].fd);
	ret = TIMED(&span, __real_poll(fds, count, ms));
	for (nfds_t i = 0; i < count && ret >= 0; i++)
		if (is_polled(variables[i]) || told(FL_OP_POLL))
			/* Whatever it was that ended the wait, it was not this one. */
			record(&span, variables[i], &fds[i],
			       ret && !fds[i].revents ? 0 : ms);
	return answer(ret);
}
