// SPDX-License-Identifier: MIT
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { checkImage } from './check-image.js';
import { asConfig, profileRequirements } from './fragments.js';

/** What a kernel proper holds that we look for: its banner, and its configuration between two markers. */
function kernel(config: string | undefined): Buffer {
  const packed =
    config === undefined ? [] : [Buffer.from('IKCFG_ST'), gzipSync(config), Buffer.from('IKCFG_ED')];
  return Buffer.concat([
    Buffer.from('…Linux version 6.6.6-test (a@b)\0'),
    ...packed,
    Buffer.alloc(5000, 'text '),
  ]);
}

/** An ELF file with one note segment, as the boot protocol wants it: name "Xen", type 18 for PVH. */
function vmlinux(body: Buffer, noteType: number): Buffer {
  const head = Buffer.alloc(64 + 56 + 24);
  head.write('\x7fELF\x02\x01\x01', 'latin1');
  head.writeUInt16LE(62, 18);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt32LE(4, 64);
  head.writeBigUInt64LE(120n, 64 + 8);
  head.writeBigUInt64LE(24n, 64 + 32);
  head.writeUInt32LE(4, 120);
  head.writeUInt32LE(8, 124);
  head.writeUInt32LE(noteType, 128);
  head.write('Xen\0', 132, 'latin1');
  return Buffer.concat([head, body]);
}

/** A setup header of boot protocol 2.15 with one setup sector, and a payload behind it. */
function bzImage(payload: Buffer): Buffer {
  const head = Buffer.alloc(2 * 512);
  head[0x1f1] = 1;
  head.write('HdrS', 0x202, 'latin1');
  head.writeUInt16LE(0x20f, 0x206);
  head.writeUInt16LE(0x2f0 - 0x200, 0x20e);
  head.writeUInt32LE(0, 0x248);
  head.writeUInt32LE(payload.length, 0x24c);
  head.write('6.6.6-header (a@b) #1\0', 0x2f0, 'latin1');
  return Buffer.concat([head, payload]);
}

const full = async () => asConfig(await profileRequirements('fast'));
const file = async (folder: string, bytes: Buffer) => {
  await writeFile(join(folder, 'image'), bytes);
  return join(folder, 'image');
};

t.test('a complete vmlinux and bzImages in the compressions that Node and xz know', async (t) => {
  const folder = t.testdir({});
  const whole = kernel(await full());
  t.match(await checkImage(await file(folder, vmlinux(whole, 18))), {
    kind: 'vmlinux',
    pvh: true,
    release: '6.6.6-test',
    checked: true,
    remarks: [],
  });
  const size = Buffer.from([1, 2, 3, 4]); // the kernel's build puts the unpacked size behind the payload
  const packed: Record<string, Buffer> = { gzip: gzipSync(whole) };
  for (const [tool, ...args] of [
    ['xz', '-c', '--check=crc32'],
    ['xz', '-c', '--format=lzma'],
  ])
    packed[`${tool} ${args.at(-1)}`] = Buffer.concat([
      execFileSync(tool ?? '', args, { input: whole }),
      size,
    ]);
  for (const [name, payload] of Object.entries(packed)) {
    const found = await checkImage(await file(folder, bzImage(payload)));
    t.match(found, { kind: 'bzImage', pvh: false, release: '6.6.6-test', checked: true }, name);
  }
});

t.test('what the guest cannot do without is an error, what some tests need is a remark', async (t) => {
  const folder = t.testdir({});
  const config = await full();
  const without = (symbol: string, value = `# CONFIG_${symbol} is not set`) =>
    vmlinux(kernel(config.replace(`CONFIG_${symbol}=y`, value)), 18);
  await t.rejects(checkImage(await file(folder, without('DRM_VGEM'))), {
    exitCode: 125,
    message: /lacks CONFIG_DRM_VGEM/,
    detail: /CONFIG_DRM_VGEM is not set/,
  });
  await t.rejects(checkImage(await file(folder, without('SW_SYNC', 'CONFIG_SW_SYNC=m'))), {
    message: /lacks CONFIG_SW_SYNC/,
    detail: /CONFIG_SW_SYNC is a module, and the guest loads none/,
  });
  const found = await checkImage(await file(folder, without('UDMABUF')));
  t.match(found.remarks, [/CONFIG_UDMABUF is not set/]);
});

t.test('a kernel without its configuration is not believed to be complete', async (t) => {
  const folder = t.testdir({});
  const found = await checkImage(await file(folder, vmlinux(kernel(undefined), 18)));
  t.match(found, { checked: false, remarks: [/cannot be checked: it carries no configuration/] });
  const strange = await checkImage(await file(folder, bzImage(Buffer.from('no such compression'))));
  t.match(strange, { checked: false, release: '6.6.6-header', remarks: [/compressed in an unknown way/] });
});

t.test('what cannot be booted, or is no kernel, is refused', async (t) => {
  const folder = t.testdir({ notes: 'hello' });
  const whole = kernel(await full());
  await t.rejects(checkImage(await file(folder, vmlinux(whole, 7))), {
    exitCode: 125,
    message: /no PVH entry/,
  });
  await t.rejects(checkImage(join(folder, 'notes')), { exitCode: 2, message: /neither a bzImage nor/ });
  await t.rejects(checkImage(join(folder, 'absent')), { exitCode: 2, message: /no such file/ });
});
