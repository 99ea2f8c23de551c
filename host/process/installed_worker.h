/* Where the program mcpi-worker is. */
#ifndef MCPI_PROCESS_INSTALLED_WORKER_H
#define MCPI_PROCESS_INSTALLED_WORKER_H

/*
 * The path of the mcpi-worker that was installed with the library; the caller frees it. It is looked for from the file
 * that contains this code, so that a shared library which was moved with its prefix finds its own. If there is none,
 * the path that was configured, which need not exist. NULL if there is no memory.
 */
char *mcpi_installed_worker(void);

#endif
