// SPDX-License-Identifier: MIT
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { create, extract } from 'tar';
import { UsageError } from '../errors.js';
import { readJson } from '../reading/json.js';
import { sha256Of } from './folder.js';
import { PROGRAM_SUITE, RECORD_FILE, type RunRecord, runRecord } from './run-record.js';

/** Read run.json of a run's folder, and check that the files it names are there and are the ones it was made with. */
export async function openRun(folder: string): Promise<RunRecord> {
  let text: string;
  try {
    text = await readFile(join(folder, RECORD_FILE), 'utf8');
  } catch {
    throw new UsageError(`${folder} is not the folder of a run: it has no ${RECORD_FILE}`, {
      remedy:
        'Give a folder that "fencelab check" made (results/latest is the newest), or a file that "fencelab pack" made.',
    });
  }
  const record = parseRecord(text, folder);
  const programs = record.programs?.map(({ file }) => file) ?? [];
  for (const path of [record.files.kernel, record.files.guest, ...programs]) {
    const want = record.sha256[path];
    const got = await sha256Of(join(folder, path)).catch(() => undefined);
    if (got === undefined)
      throw new UsageError(`${folder} lacks ${path}, without which the run cannot be repeated`);
    if (got !== want)
      throw new UsageError(`${path} in ${folder} is not the file the run was made with`, {
        detail: `sha256 is ${got}, ${RECORD_FILE} says ${want ?? 'nothing'}`,
        remedy: 'The archive is damaged or was changed: pack the run again.',
      });
  }
  return record;
}

const parseRecord = (text: string, folder: string): RunRecord => {
  const file = join(folder, RECORD_FILE);
  const record = readJson(text, file, runRecord, {
    what: 'a run',
    remedy: 'It may be from another version of fencelab, or somebody has changed it.',
  });
  const suite = record.plan.flatMap(({ program, subtest }) => (program === PROGRAM_SUITE ? [subtest] : []));
  const names = new Set((record.programs ?? []).map(({ name }) => name));
  const lost = suite.find((name) => !names.has(name));
  if (lost !== undefined)
    throw new UsageError(`${file} plans ${PROGRAM_SUITE}@${lost}, but names no program for it`);
  return record;
};

/**
 * A guest's trace that is larger is left out of an archive, in bytes. A check writes some 20 MB a guest at most; what is red
 * is in divergences/ and traces/ as text, in any case.
 */
export const MAX_PACKED_TRACE = 32 * 1024 * 1024;

/** Write one tar.gz with everything a colleague needs to repeat the run, under one top folder named after it. */
export async function pack(folder: string, file: string): Promise<{ bytes: number }> {
  await openRun(folder);
  const whole = resolve(folder);
  // portable: no owners and no machine-bound times. A guest's initramfs is made again from its job.
  const filter = (path: string, stat: { readonly size?: number }): boolean =>
    !path.endsWith('/initramfs.cpio') &&
    !(path.endsWith('/trace.bin') && (stat.size ?? 0) > MAX_PACKED_TRACE);
  await create({ gzip: true, file, cwd: dirname(whole), portable: true, filter }, [basename(whole)]);
  return { bytes: (await stat(file)).size };
}

const MAX_UNPACKED = 4 * 1024 ** 3;
const MAX_FILES = 20_000;

/**
 * Unpack an archive of {@link pack} into an empty folder. Whoever made it is not trusted: only plain files and folders
 * are taken, nothing leaves `into`, and there is an end to how much it may hold.
 * @returns the run's folder.
 */
export async function unpack(file: string, into: string): Promise<string> {
  let bytes = 0;
  let files = 0;
  let refused: string | undefined;
  const tops = new Set<string>();
  const failed = (why: string): UsageError =>
    new UsageError(`${file} cannot be unpacked: ${why}`, {
      remedy: 'Give a file that "fencelab pack" made, whole and unchanged.',
    });
  // tar calls this outside of our stack: it must not throw. After a refusal nothing more is written.
  const wanted = (path: string, type: string, size: number): boolean => {
    bytes += size;
    files++;
    if (type !== 'File' && type !== 'OldFile' && type !== 'Directory')
      refused ??= `"${path}" is neither a file nor a folder`;
    if (path.split('/').includes('..') || path.startsWith('/')) refused ??= `"${path}" leads out of it`;
    if (bytes > MAX_UNPACKED || files > MAX_FILES) refused ??= 'it holds more than a run can';
    tops.add(path.split('/')[0] ?? '');
    return refused === undefined;
  };
  try {
    // At once: an extraction that is refused half-way would otherwise still be writing when its folder is removed.
    extract({
      file,
      cwd: into,
      sync: true,
      strict: true,
      preserveOwner: false,
      filter: (path, entry) => 'type' in entry && wanted(path, entry.type, entry.size),
    });
  } catch (error) {
    throw failed(refused ?? (error instanceof Error ? error.message : String(error)));
  }
  if (refused !== undefined) throw failed(refused);
  const [top, ...more] = [...tops];
  if (top === undefined || top === '' || more.length > 0)
    throw new UsageError(`${file} is not an archive of "fencelab pack": it does not hold exactly one folder`);
  return join(into, top);
}
