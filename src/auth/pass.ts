import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** What a pass may be good for. A pass of one purpose is none for the other. */
type Purpose = 'dashboard' | 'local';

/** Who holds a pass, and until when: milliseconds since 1970. */
interface Pass {
  readonly subject: string;
  readonly expiresAt: number;
}

/** Longer texts are not looked at. */
const MAX_LENGTH = 1024;
const MAC_BYTES = 32;

/** Signed notes of who somebody is, for a time: whoever holds the key secret can make and read them, and no table remembers them. */
export class Passes {
  readonly #secret: string;
  readonly #keys = new Map<Purpose, Buffer>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  /**
   * A pass as a text of letters, digits, `-`, `_` and one dot. What it says can be read by whoever holds it.
   *
   * @param expiresAt milliseconds since 1970
   * @throws RangeError where the subject is too long
   */
  sign(purpose: Purpose, subject: string, expiresAt: number): string {
    const said = Buffer.from(`${Math.floor(expiresAt)} ${subject}`).toString('base64url');
    const text = `${said}.${this.#macOf(purpose, said).toString('base64url')}`;
    if (text.length > MAX_LENGTH) throw new RangeError('The subject of the pass is too long.');
    return text;
  }

  /** What a pass says; undefined for what is none of this purpose, or is over. */
  read(purpose: Purpose, text: string, now: number): Pass | undefined {
    if (text.length > MAX_LENGTH) return undefined;
    const dot = text.indexOf('.');
    if (dot < 1) return undefined;
    const said = text.slice(0, dot);
    const mac = Buffer.from(text.slice(dot + 1), 'base64url');
    if (mac.length !== MAC_BYTES || !timingSafeEqual(mac, this.#macOf(purpose, said))) return undefined;
    const words = Buffer.from(said, 'base64url').toString();
    const blank = words.indexOf(' ');
    const expiresAt = Number(words.slice(0, blank));
    return expiresAt > now ? { subject: words.slice(blank + 1), expiresAt } : undefined;
  }

  #macOf(purpose: Purpose, said: string): Buffer {
    return createHmac('sha256', this.#keyOf(purpose)).update(said).digest();
  }

  #keyOf(purpose: Purpose): Buffer {
    let key = this.#keys.get(purpose);
    if (!key) {
      key = Buffer.from(hkdfSync('sha256', this.#secret, '', `pass ${purpose}`, MAC_BYTES));
      this.#keys.set(purpose, key);
    }
    return key;
  }
}
