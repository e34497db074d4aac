// SPDX-License-Identifier: MIT
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * A kernel small enough for a test: its Makefile knows the targets that fencelab asks for and "compiles" by copying.
 * A source with `#error` in it does not compile; one with SLOW in it takes half a minute.
 */
const MAKEFILE = `VERSION = 5
PATCHLEVEL = 10
SUBLEVEL = 1
EXTRAVERSION =
SOURCES := $(wildcard drivers/dma-buf/*.c)
OBJECTS := $(SOURCES:%.c=$(O)/%.o)
allnoconfig:
	@mkdir -p $(O)
	@cp $(KCONFIG_ALLCONFIG) $(KCONFIG_CONFIG)
# It knows no symbol that begins with ODD.
olddefconfig:
	@grep -v CONFIG_ODD $(KCONFIG_CONFIG) > $(KCONFIG_CONFIG).tmp && mv $(KCONFIG_CONFIG).tmp $(KCONFIG_CONFIG)
bzImage: $(O)/vmlinux
	@mkdir -p $(O)/arch/x86/boot $(O)/include/config
	@echo "$(CC)" > $(O)/compiler
	@cp $< $(O)/arch/x86/boot/bzImage
	@echo 5.10.1 > $(O)/include/config/kernel.release
# Always linked: make does not see that an object has left the list.
$(O)/vmlinux: $(OBJECTS) FORCE
	@echo "  LD      vmlinux"
	@cat $(OBJECTS) > $@
$(O)/%.o: %.c
	@mkdir -p $(dir $@)
	@echo "  CC      $*.o"
	@if grep -q SLOW $<; then sleep 30; fi
	@if grep -q '#error' $<; then echo "$<:1:2: error: #error seen" >&2; exit 1; fi
	@cp $< $@.tmp && touch $@.tmp && mv $@.tmp $@
headers_install:
	@mkdir -p $(INSTALL_HDR_PATH)/include/linux
	@cp include/uapi/linux/dma-buf.h $(INSTALL_HDR_PATH)/include/linux/
FORCE:
.DELETE_ON_ERROR:
`;

export const FAKE_FILES: Readonly<Record<string, string>> = {
  Makefile: MAKEFILE,
  Kconfig: 'config SYNC_FILE\n\tbool "x"\n\tdepends on NET && PCI\n',
  'drivers/dma-buf/dma-buf.c': 'line one\nline two\nline three\nline four\nline five\n',
  'drivers/dma-buf/dma-resv.c': 'resv\n',
  'drivers/dma-buf/.gitignore': 'generated.h\n',
  'include/uapi/linux/dma-buf.h': '/* none yet */\n',
};

export async function writeTree(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** A patch that changes the third line of dma-buf.c to `to`. */
export const patchLineThree = (to: string, from = 'line three'): string => `From: A Developer <a@example.org>
Subject: [PATCH] dma-buf: change it

---
 drivers/dma-buf/dma-buf.c | 2 +-

diff --git a/drivers/dma-buf/dma-buf.c b/drivers/dma-buf/dma-buf.c
--- a/drivers/dma-buf/dma-buf.c
+++ b/drivers/dma-buf/dma-buf.c
@@ -1,5 +1,5 @@
 line one
 line two
-${from}
+${to}
 line four
 line five
`;

export const patchNewFile = `diff --git a/drivers/dma-buf/new.c b/drivers/dma-buf/new.c
new file mode 100644
--- /dev/null
+++ b/drivers/dma-buf/new.c
@@ -0,0 +1 @@
+brand new
`;
