import { isLoopbackName } from '../../config/loopback.js';

const DEFAULT = 'http://127.0.0.1:11434/v1';
/** What a server listens on to be reached from everywhere: from this machine, its loopback. */
const everywhere: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' };

/**
 * The base URL of this machine's Ollama, by the forms that `OLLAMA_HOST` has: `host`, `host:port`, `:port`, `http://host:port`. Another machine's is no
 * reason to ask there: whoever wants that names it in the configuration file.
 */
export function ollamaUrl(host: string | undefined): string {
  const text = (host ?? '').trim();
  const withScheme = /^https?:\/\//i.test(text) ? text : `http://${text.startsWith(':') ? '127.0.0.1' : ''}${text}`;
  if (!URL.canParse(withScheme)) return DEFAULT;
  const url = new URL(withScheme);
  url.hostname = everywhere[url.hostname] ?? url.hostname;
  if (!isLoopbackName(url.hostname)) return DEFAULT;
  if (withScheme !== text && !/:\d+\/*$/.test(withScheme)) url.port = '11434';
  return `${url.origin}/v1`;
}
