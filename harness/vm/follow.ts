// SPDX-License-Identifier: MIT
import { closeSync, type FSWatcher, openSync, readSync, watch } from 'node:fs';

/** One for all: what was read is copied before anybody else reads. */
const chunk = Buffer.allocUnsafeSlow(256 * 1024);
/** inotify tells of every write; the slow tick is only for file systems that do not. */
const TICK_MS = 250;

export interface Follower {
  /** Read what is there now and hand it on. */
  poll(): void;
  /** Hand on the rest, then let go of the file. */
  end(): void;
}

/**
 * Hand on what another process appends to a file, as it is appended.
 * The file must exist; it is read from its start. `onData` gets each byte once, in order, even if it calls `poll`.
 */
export function follow(path: string, onData: (bytes: Buffer) => void): Follower {
  const fd = openSync(path, 'r');
  let offset = 0;
  let open = true;
  let reading = false;
  const poll = (): void => {
    if (reading) return; // called from within onData: the outer call goes on reading, in order
    reading = true;
    try {
      read();
    } finally {
      reading = false;
    }
  };
  const read = (): void => {
    while (open) {
      const n = readSync(fd, chunk, 0, chunk.length, offset);
      if (n === 0) return;
      offset += n;
      onData(Buffer.from(chunk.subarray(0, n)));
    }
  };
  const watcher: FSWatcher = watch(path, poll);
  // A watcher that fails (the inotify limit) leaves the tick.
  watcher.on('error', () => watcher.close());
  const tick = setInterval(poll, TICK_MS);
  return {
    poll,
    end: () => {
      if (!open) return;
      clearInterval(tick);
      watcher.close();
      poll();
      open = false;
      closeSync(fd);
    },
  };
}
