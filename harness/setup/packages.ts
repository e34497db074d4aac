// SPDX-License-Identifier: MIT

/** One thing the machine must have, and the Debian package that brings it. */
export interface Need {
  readonly package: string;
  /** Why fencelab wants it, in a few words, for `fencelab doctor`. */
  readonly why: string;
  /** A program to be found in PATH, or a file, that shows it is there on machines without dpkg. */
  readonly shownBy: { readonly program: string } | { readonly file: string };
}

const program = (pkg: string, name: string, why: string): Need => ({
  package: pkg,
  why,
  shownBy: { program: name },
});
const file = (pkg: string, path: string, why: string): Need => ({
  package: pkg,
  why,
  shownBy: { file: path },
});

/** Everything `fencelab check` and `npm test` use that Node does not bring. One line a package. */
export const needs: readonly Need[] = [
  program('gcc', 'gcc', 'compiles the kernel and the test programs'),
  file('libc6-dev', '/usr/include/stdlib.h', 'static C library of the test programs'),
  file('linux-libc-dev', '/usr/include/linux/dma-buf.h', 'kernel headers for --image'),
  file('libdrm-dev', '/usr/include/libdrm/vgem_drm.h', 'the same, for DRM devices'),
  program('make', 'make', 'drives the kernel build'),
  program('flex', 'flex', 'kernel configuration'),
  program('bison', 'bison', 'kernel configuration'),
  program('bc', 'bc', 'kernel build (timeconst)'),
  program('perl', 'perl', 'kernel build, checkpatch, kernel-doc'),
  program('python3', 'python3', 'kernel build (7.x), checkpatch spelling'),
  file('libelf-dev', '/usr/include/libelf.h', 'objtool, part of the kernel build'),
  file('libssl-dev', '/usr/include/openssl/ssl.h', 'kernel build (certificates)'),
  program('patch', 'patch', 'applies the series'),
  program('git', 'git', 'reads a kernel checkout'),
  program('rsync', 'rsync', 'mirrors a kernel tree, installs headers'),
  program('xz-utils', 'xz', "Debian's kernel sources are .tar.xz"),
  program('cpio', 'cpio', 'kernel build; checks our own archives'),
  program('util-linux', 'setpriv', 'ends QEMU with us'),
  program('qemu-system-x86', 'qemu-system-x86_64', 'runs the guest'),
  file(
    'debian-archive-keyring',
    '/usr/share/keyrings/debian-archive-keyring.gpg',
    'verifies the kernel sources',
  ),
];

/** Only for `--gpu virgl`: 3D without a GPU, a render node or an X server. */
export const virglNeeds: readonly Need[] = [
  program('qemu-system-gui', 'qemu-system-x86_64', "QEMU's SDL display with OpenGL, virtio-gpu-gl"),
  file('libegl1', '/usr/lib/x86_64-linux-gnu/libEGL.so.1', 'EGL for the offscreen display'),
  file('libgl1-mesa-dri', '/usr/lib/x86_64-linux-gnu/dri/swrast_dri.so', 'software OpenGL'),
];

/** Only for `fencelab debug`. */
export const debugNeeds: readonly Need[] = [program('gdb', 'gdb', 'stops in the kernel, 12 MB')];

/** Only to bisect faster. */
export const bisectNeeds: readonly Need[] = [
  program('ccache', 'ccache', 'compiles again only what no step before has compiled'),
];

/** Only for `npm test`: shells that completion is tried in, and what checks the manual page. */
export const shellNeeds: readonly Need[] = [
  program('zsh', 'zsh', 'completion is tried in it'),
  program('fish', 'fish', 'completion is tried in it'),
  program('man-db', 'man', 'shows the manual page'),
  program('groff-base', 'groff', 'checks the manual page'),
];

/** Only for tests of the definitions in ci/: a Slurm cluster of one node, without systemd. */
export const clusterNeeds: readonly Need[] = [
  program('slurmctld', 'slurmctld', "Slurm's controller"),
  program('slurmd', 'slurmd', "Slurm's node, which runs the jobs"),
  program('slurm-client', 'sbatch', 'submits jobs'),
  program('munge', 'munged', "Slurm's daemons know each other by it"),
];

/** Only for `npm test`: a browser that opens the pages of `fencelab html`, with a font. */
export const browserNeeds: readonly Need[] = [
  program('chromium', 'chromium', 'opens the pages of "fencelab html" in their tests'),
  file('fonts-dejavu-core', '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 'letters for the browser'),
];

/** A list of packages, and what it is for. */
export interface Purpose {
  /** One word, for a column. */
  readonly name: string;
  /** What cannot be done without them. */
  readonly without: string;
  readonly needs: readonly Need[];
  /** Nothing at all works without them. */
  readonly required: boolean;
}

/** Every list above: a new one is added here, for `fencelab doctor`. */
export const purposes: readonly Purpose[] = [
  { name: 'packages', without: 'no kernel can be built or booted', needs, required: true },
  {
    name: 'virgl',
    without: '--gpu virgl installs them when it is asked for',
    needs: virglNeeds,
    required: false,
  },
  { name: 'debug', without: '"fencelab debug" has no debugger', needs: debugNeeds, required: false },
  {
    name: 'bisect',
    without: 'every step of a bisection compiles everything',
    needs: bisectNeeds,
    required: false,
  },
  {
    name: 'tests',
    without: 'only "npm test" wants them, and installs them',
    needs: [...shellNeeds, ...clusterNeeds, ...browserNeeds],
    required: false,
  },
];
