// SPDX-License-Identifier: MIT
import type { Progress } from '../progress/progress.js';

/** What to build: the command line's `--kernel`, `--patch`, `--profile` and `--jobs`, as the user wrote them. */
export interface KernelRequest {
  /** `debian:5.10`, `debian:5.10.223`, a kernel tree, or a `.tar`, `.tar.gz`, `.tar.xz` of one. */
  readonly kernel: string;
  /**
   * `['auto']`: our series for `debian:5.10*`, none for everything else. `['none']`: as it is. Else folders with a
   * `series` file and single patches, applied in this order.
   */
  readonly patch: readonly string[];
  /** Name of a fragment in vm-images/config: `fast`, `debug` … */
  readonly profile: string;
  readonly jobs?: number;
  /** For a tree whose content has a name, as a commit's has: it is then not told by the dates of its files. */
  readonly content?: Content;
  /** A whole configuration to be used as it is; of the profile's only what a guest cannot do without. */
  readonly config?: WholeConfig;
  /** Compile through ccache where there is one: for kernels whose sources go back and forth. */
  readonly ccache?: boolean;
}

/** What is in a tree, by name. */
export interface Content {
  /** Name of the slot that all trees of the same repository share: of one build only what differs is built again. */
  readonly slot: string;
  /** The same name, the same kernel. */
  readonly identity: string;
}

/** A .config as somebody wrote it. */
export interface WholeConfig {
  readonly text: string;
  /** For messages. */
  readonly name: string;
}

export interface KernelContext {
  /** The cache folder (see folders.ts). */
  readonly cache: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A file that went into an image, by content. */
export interface Ingredient {
  readonly name: string;
  readonly sha256: string;
}

/** Where an image comes from, in enough detail to make it again. */
export interface Provenance {
  /** One line for the report: "Debian linux-source-5.10 5.10.262-1", "tree ~/linux (abcdef123456, 2 files changed)". */
  readonly source: string;
  /** The Debian package's version, for `debian:` sources. */
  readonly packageVersion?: string;
  /** Of the file that was downloaded or given: the .deb, the tarball. A tree has none. */
  readonly sourceSha256?: string;
  readonly patches: readonly Ingredient[];
  readonly compiler: string;
  readonly configSha256: string;
}

/** A built kernel. Its files stay as they are while runs use them, whatever is built next. */
export interface KernelImage {
  /** The bzImage. */
  readonly image: string;
  readonly vmlinux: string;
  readonly config: string;
  /** What `make headers_install` made: has `include/`. */
  readonly headers: string;
  /** Names the headers' content: the same key, the same headers in the same folder, whatever kernel they are from. */
  readonly headersKey: string;
  /** As `uname -r` says it. */
  readonly release: string;
  readonly profile: string;
  readonly provenance: Provenance;
  /** `cached`: nothing was done. `incremental`: some of it was built before. `full`: all of it was built now. */
  readonly built: 'cached' | 'incremental' | 'full';
  /** Names the content: the same key, the same kernel. */
  readonly key: string;
}
