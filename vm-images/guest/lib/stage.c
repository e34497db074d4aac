// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "../runtime/runtime.h"
#include "stage.h"
#include "sync_file.h"

void stage_open(struct stage *s, const void *driver)
{
	kms_light(&s->kms, driver);
	rig_without_buffer(&s->rig);
}

void stage_open_with_buffer(struct stage *s, const void *driver)
{
	struct buffer buf = require_buffer();

	rig_over(&s->rig, buf.fd);
	s->rig.buf = buf;
	kms_light(&s->kms, driver);
}

void expect_held(int out, const char *by)
{
	CHECK_MSG(!sync_wait(out, HELD_MS), "the flip did not wait for %s", by);
}

void expect_flip(int out)
{
	CHECK_MSG(sync_wait(out, FLIP_MS), "no flip within %d ms though nothing holds it", FLIP_MS);
	close(out);
}

void on_each_card(void (*run)(const void *driver))
{
	fl_dynamic("vkms", run, "vkms");
	fl_dynamic("virtio-gpu", run, "virtio_gpu");
}
