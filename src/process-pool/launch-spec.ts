import { type OutputLimits } from './output-limits.js';
import { type ChildFolder } from './run-folder.js';

/** How to start a program, once or many times. */
export interface LaunchSpec {
  /** Names the program in errors and in the log: `Claude Code`. */
  readonly name: string;
  /** Whose it is, in figures: a provider's id. The name where it is left out. */
  readonly group?: string;
  /** An absolute path, or a name that is looked up on the PATH of `env`. */
  readonly command: string;
  /** Never a prompt: every user of the machine can read another process's arguments. */
  readonly args: readonly string[];
  /** The whole environment but TMPDIR, which each child has of its own; see `environment.ts`. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders of the program's own that outlive its processes: they count to what a process has on disk. */
  readonly state?: readonly string[];
  /** In a sandbox, what it needs beside the system, its own program and its own folders. What is not there is left out. */
  readonly files?: {
    readonly read?: readonly string[];
    readonly write?: readonly string[];
    /** Of those what it is not to see after all. */
    readonly hide?: readonly string[];
  };
  /** Empties {@link state} of what it can do without: a process had too much on disk. */
  tidy?(): void;
  /** Makes what a child needs in its folder, before it starts. @returns further variables of its environment */
  prepare?(folder: Pick<ChildFolder, 'work' | 'tmp'>): Readonly<Record<string, string>>;
  /** Where it differs from the rest: a process that serves many has no end to what it says in all. */
  readonly limits?: Partial<OutputLimits>;
  /** Asks a child in the program's own words to give up its turn. Signals follow whatever comes of it. */
  cancel?(child: LineWriter): void;
}

export interface LineWriter {
  /** Writes one line; see `Child.write`. */
  write(line: string): boolean;
}
