// SPDX-License-Identifier: MIT
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Cache } from '../../cache/cache.js';
import type { KernelImage } from '../../kernel/types.js';

/**
 * A kernel tree whose "build" takes a kernel that is built already: which one stands in kernel.mk, so that a commit of a
 * line makes another kernel in a second. What boots and is judged is real.
 */
export const BORROWED_FILES: Readonly<Record<string, string>> = {
  Kconfig: '\n',
  Makefile: `VERSION = 5
PATCHLEVEL = 10
SUBLEVEL = 1
EXTRAVERSION =
include kernel.mk
allnoconfig:
	@mkdir -p $(O) && cp $(KCONFIG_ALLCONFIG) $(KCONFIG_CONFIG)
bzImage:
	@test -n "$(KERNEL)" || { echo "drivers/dma-buf/dma-buf.c:1:2: error: it is broken" >&2; exit 1; }
	@mkdir -p $(O)/arch/x86/boot $(O)/include/config
	@echo "  LD      vmlinux"
	@cp $(KERNEL)/vmlinux $(O)/vmlinux && cp $(KERNEL)/bzImage $(O)/arch/x86/boot/bzImage
	@echo 5.10.1 > $(O)/include/config/kernel.release
headers_install:
	@mkdir -p $(INSTALL_HDR_PATH) && cp -r $(HEADERS)/include $(INSTALL_HDR_PATH)/
`,
};

/** kernel.mk for a built kernel; undefined: one that does not compile. */
export const kernelMk = (image: KernelImage | undefined): string =>
  image === undefined ? 'KERNEL =\n' : `KERNEL = ${dirname(image.vmlinux)}\nHEADERS = ${image.headers}\n`;

/** A cache of its own for a test, which has what is costly to make: the test programs, and what is known of KVM here. */
export async function borrowedCache(folder: string, from: Cache, image: KernelImage): Promise<string> {
  const { root } = await Cache.open(folder);
  const guests = join(from.root, 'guests');
  const names = existsSync(guests) ? readdirSync(guests) : [];
  for (const name of names.filter((each) => each.startsWith(image.headersKey))) {
    mkdirSync(join(root, 'guests'), { recursive: true });
    cpSync(join(guests, name), join(root, 'guests', name), { recursive: true, preserveTimestamps: true });
  }
  const answer = join(from.root, 'answers', 'kvm.json');
  if (existsSync(answer)) cpSync(answer, join(root, 'answers', 'kvm.json'));
  return root;
}
