import { type ConfigLocation } from './config-location.js';
import { type FileSettings } from './file-settings.js';

/**
 * Prepares for what the file says: checks it against what else is known, and returns what makes it effective.
 *
 * @throws ConfigurationError that names what is wrong: at start it stops the start, at a reload the old settings stay
 */
export type Prepare = (candidate: FileSettings) => () => void;

const nothing: FileSettings = { aliases: new Map(), providers: new Map(), acp: new Map(), images: { fetch: false, allow: [] }, callbacks: { allow: [] }, prices: new Map() };

/** The optional `shellm.config.yaml`. */
export class ConfigFile {
  #current: FileSettings;
  readonly #users: Prepare[] = [];

  /** @throws ConfigurationError for a file that cannot be used */
  constructor(private readonly location: Pick<ConfigLocation, 'read' | 'candidates'>) {
    this.#current = location.read() ?? nothing;
  }

  get current(): FileSettings {
    return this.#current;
  }

  /** Where it is, or would be. */
  get candidates(): readonly string[] {
    return this.location.candidates;
  }

  /** Prepares and makes effective what the file says now, and again at each reload: first everybody prepares, then, if nobody objects, everybody changes. */
  use(prepare: Prepare): void {
    this.#users.push(prepare);
    prepare(this.#current)();
  }

  /**
   * Reads it again, and makes effective what it says. False: there is none any more, and what it said last stays.
   *
   * @throws ConfigurationError where it cannot be used; nothing has changed then
   */
  reload(): boolean {
    const candidate = this.location.read();
    if (candidate) this.adopt(candidate);
    return candidate !== undefined;
  }

  /** @throws ConfigurationError where a user of the file objects; nothing has changed then */
  adopt(candidate: FileSettings): void {
    const commits = this.#users.map((prepare) => prepare(candidate));
    this.#current = candidate;
    for (const commit of commits) commit();
  }
}
