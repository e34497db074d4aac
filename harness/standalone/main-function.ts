// SPDX-License-Identifier: MIT
import { DEFAULT_SETTING, type Setting } from '../../models/index.js';
import type { Shape } from './piece.js';

const VERDICT = `	if (bugs) {
		printf("\\nNot what the interface promises: see above.\\n");
		return 1;
	}
	printf("\\nAll as it should be.\\n");
	return 0;`;

/** From the first descriptor to the exit status. */
export function mainOf(shape: Shape, setting: Setting, heap: boolean): string {
  const begin = [
    'descriptors_begin();',
    ...(heap ? ['heap_open();'] : []),
    ...(setting.limit === DEFAULT_SETTING.limit ? [] : [`limit_begin(${setting.limit});`]),
    'program();',
  ];
  const limit =
    setting.limit === DEFAULT_SETTING.limit
      ? ''
      : `static void limit_begin(unsigned int descriptors)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = descriptors;
	setrlimit(RLIMIT_NOFILE, &limit);
}

`;
  if (!shape.threads)
    return `${limit}int main(void)
{
${begin.map((line) => `\t${line}`).join('\n')}
${VERDICT}
}`;
  return `${limit}#define ROUNDS 2000

/* A process for each round, so that each finds everything as the first did. */
static int round_of(unsigned int number, int log)
{
	int status;
	pid_t pid;

	if (ftruncate(log, 0) || lseek(log, 0, SEEK_SET))
		missing("there is no memory");
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		missing("there are no processes");
	if (pid == 0) {
		seed = number;
		dup2(log, STDOUT_FILENO);
${begin.map((line) => `\t\t${line}`).join('\n')}
		fflush(stdout);
		_exit(bugs ? 1 : 0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* What the last round said. */
static void show(int log)
{
	char text[4096];
	ssize_t length;

	lseek(log, 0, SEEK_SET);
	while ((length = read(log, text, sizeof(text))) > 0)
		fwrite(text, 1, (size_t)length, stdout);
}

/* Threads need not meet at once: until something is wrong, or so many times. */
int main(int argc, char **argv)
{
	unsigned int rounds = argc > 1 ? (unsigned int)atoi(argv[1]) : ROUNDS;
	int log = memfd_create("log", MFD_CLOEXEC);

	if (log < 0)
		missing("there is no memory");
	for (unsigned int i = 0; i < rounds; i++) {
		int ret = round_of(i, log);

		if (ret == 0)
			continue;
		show(log);
		if (ret == 1)
			printf("\\nNot what the interface promises, in round %u: see above.\\n", i + 1);
		return ret;
	}
	show(log);
	printf("\\nAll as it should be in %u rounds.\\n", rounds);
	return 0;
}`;
}
