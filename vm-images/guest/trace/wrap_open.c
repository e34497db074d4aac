// SPDX-License-Identifier: GPL-2.0-only
/* Calls that open something: timelines, cards, and files that are only in the way. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include <drm/drm.h>

#include "../lib/sw_sync_abi.h"
#include "internal.h"

#define CARDS "/dev/dri/"

/* Only what is said of descriptors and memory is the model's business, not that a file is missing. */
bool is_told(long ret)
{
	return ret >= 0 || ret == -EMFILE || ret == -ENOMEM;
}

static int made(long ret, unsigned int op, int letter, unsigned int driver)
{
	if (ret >= 0)
		return file_made_on((int)ret, op, letter, driver);
	files_lock();
	letter = variable_next(letter);
	files_unlock();
	return letter;
}

long record_other(long ret, const struct trace_span *span)
{
	if (is_told(ret))
		RECORD(FL_OP_OTHER, span, (int32_t)ret,
		       made(ret, FL_OP_OTHER, FL_VARIABLE_O, DRIVER_OTHER));
	return ret;
}

static long timeline(long ret, const struct trace_span *span)
{
	if (is_told(ret))
		RECORD(FL_OP_TIMELINE, span, (int32_t)ret,
		       made(ret, FL_OP_TIMELINE, FL_VARIABLE_T, DRIVER_OTHER),
		       (int32_t)my_name_number() + 1);
	return ret;
}

static unsigned int driver_of(int fd)
{
	static const char *const names[] = {
		[FL_DRIVER_VGEM] = "vgem",
		[FL_DRIVER_VKMS] = "vkms",
		[FL_DRIVER_VIRTIO_GPU] = "virtio_gpu",
	};
	char name[32] = "";
	struct drm_version v = { .name = name, .name_len = sizeof(name) - 1 };

	if (__real_ioctl(fd, DRM_IOCTL_VERSION, &v))
		return DRIVER_OTHER;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return i;
	return DRIVER_OTHER;
}

static long card(long ret, const struct trace_span *span)
{
	unsigned int driver = ret < 0 ? DRIVER_OTHER : driver_of((int)ret);

	if (driver == DRIVER_OTHER && !told(FL_OP_CARD))
		return record_other(ret, span);
	if (is_told(ret))
		RECORD(FL_OP_CARD, span, (int32_t)ret,
		       made(ret, FL_OP_CARD, FL_VARIABLE_C, driver), (int32_t)driver);
	return ret;
}

int __wrap_open(const char *path, int flags, ...)
{
	struct trace_span span;
	mode_t mode = 0;
	va_list ap;
	long ret;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (!trace_on())
		return __real_open(path, flags, mode);
	ret = TIMED(&span, __real_open(path, flags, mode));
	if (strcmp(path, SW_SYNC) == 0)
		return answer(timeline(ret, &span));
	if (strncmp(path, CARDS, strlen(CARDS)) == 0)
		return answer(card(ret, &span));
	record_other(ret, &span);
	if (ret >= 0 && flags & O_PATH)
		file_path_only((int)ret);
	return answer(ret);
}

#define OTHER(call) do {					\
	struct trace_span span_;				\
	long ret_;						\
	if (!trace_on())					\
		return call;					\
	ret_ = TIMED(&span_, call);				\
	return answer(record_other(ret_, &span_));			\
} while (0)

int __wrap_memfd_create(const char *name, unsigned int flags)
{
	OTHER(__real_memfd_create(name, flags));
}

int __wrap_eventfd(unsigned int value, int flags)
{
	OTHER(__real_eventfd(value, flags));
}

/* The second of the two comes when the first has ended: ops of a thread do not overlap. */
int __wrap_pipe2(int pair[2], int flags)
{
	struct trace_span span;
	long ret;

	if (!trace_on())
		return __real_pipe2(pair, flags);
	ret = TIMED(&span, __real_pipe2(pair, flags));
	if (ret < 0) {
		trace_stop(STOP_PIPE_FAILED);
		return answer(ret);
	}
	record_other(pair[0], &span);
	span.start = span.end;
	span.before = records_now();
	record_other(pair[1], &span);
	return 0;
}

FILE *__wrap_fopen(const char *path, const char *mode)
{
	struct trace_span span;
	FILE *f;
	int err;

	if (!trace_on())
		return __real_fopen(path, mode);
	trace_start(&span);
	f = __real_fopen(path, mode);
	err = errno;
	trace_end(&span);
	record_other(f ? fileno(f) : -err, &span);
	errno = err;
	return f;
}

DIR *__wrap_opendir(const char *path)
{
	struct trace_span span;
	DIR *dir;
	int err;

	if (!trace_on())
		return __real_opendir(path);
	trace_start(&span);
	dir = __real_opendir(path);
	err = errno;
	trace_end(&span);
	record_other(dir ? dirfd(dir) : -err, &span);
	errno = err;
	return dir;
}
