import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { type ProgramPipes } from './launched-program.js';

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK } = constants;

/** The gateway's ends of a program's three named pipes: `<path>.in`, `.out` and `.err`. */
export class NamedPipes {
  /** Both ways, so that there is somebody who writes until there is somebody who reads; see {@link connect}. */
  readonly #stdin: number;
  readonly #stdout: number;
  readonly #stderr: number;

  constructor(private readonly path: string) {
    const opened: number[] = [];
    const open = (name: string, flags: number): number => {
      const fd = openSync(`${path}.${name}`, flags | O_NONBLOCK);
      opened.push(fd);
      return fd;
    };
    try {
      this.#stdin = open('in', O_RDWR);
      this.#stdout = open('out', O_RDONLY);
      this.#stderr = open('err', O_RDONLY);
    } catch (error) {
      opened.forEach(closeSync);
      this.#forget();
      throw error;
    }
  }

  /** For when the program has its own ends open: from here on either side hears of the other's end. */
  connect(): ProgramPipes {
    try {
      const stdin = this.#writer();
      this.#forget();
      return {
        stdin: new Socket({ fd: stdin, readable: false, writable: true }),
        stdout: new Socket({ fd: this.#stdout, readable: true, writable: false }),
        stderr: new Socket({ fd: this.#stderr, readable: true, writable: false }),
      };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    for (const fd of [this.#stdin, this.#stdout, this.#stderr]) closeSync(fd);
    this.#forget();
  }

  /** A stdin that the gateway could read from itself would never break. */
  #writer(): number {
    let fd;
    try {
      fd = openSync(`${this.path}.in`, O_WRONLY | O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      return this.#stdin; // it has closed its end already: nobody reads what is written
    }
    closeSync(this.#stdin);
    return fd;
  }

  #forget(): void {
    for (const name of ['in', 'out', 'err']) {
      try {
        unlinkSync(`${this.path}.${name}`);
      } catch {
        // Somebody emptied the folder.
      }
    }
  }
}
