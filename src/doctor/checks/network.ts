import { EnvHttpProxyAgent } from 'undici';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';
import { type VendorUrl, vendorUrls } from './vendor-urls.js';

const ASK_MS = 3000;
const CLOCK_WARNING_MS = 60_000;
const CLOCK_FAULT_MS = 300_000;

interface Answer {
  readonly vendor: VendorUrl;
  /** Why there was none; undefined: there was one, whatever its status. */
  readonly problem: string | undefined;
  readonly tookMs: number;
  /** How far this machine's clock is ahead of its own, by its `Date`; undefined: it tells none. */
  readonly aheadMs: number | undefined;
}

/** Each vendor is asked once, whatever the answers are for. */
const asked = new WeakMap<Machine, Promise<readonly Answer[]>>();

/** Names resolve, TLS holds, somebody answers: no key is sent. */
export const vendors: Check = {
  id: 'network',
  title: 'way to the vendor',
  group: 'network',
  look: async (machine) => {
    if (machine.offline) return undefined;
    const answers = await answersOf(machine);
    return answers.map((answer) => ({ ...judgeAnswer(answer, proxyOf(machine, 'HTTPS_PROXY')), about: answer.vendor.provider }));
  },
};

/** Logins and their renewals hold for a time. */
export const clock: Check = {
  id: 'clock',
  title: 'clock',
  group: 'network',
  look: async (machine) => {
    if (machine.offline) return undefined;
    const ahead = (await answersOf(machine)).flatMap(({ aheadMs }) => aheadMs ?? []).sort((a, b) => a - b);
    // One vendor's clock may be wrong; the middle one of several is not.
    const middle = ahead[Math.floor(ahead.length / 2)];
    return middle === undefined ? undefined : judgeClock(middle);
  },
};

export function judgeAnswer({ vendor: { url, from }, problem, tookMs }: Answer, proxy: string | undefined): Finding {
  const { host } = new URL(url);
  const where = from === undefined ? host : `${host} (${from})`;
  if (problem === undefined) return ok(`${where} answers in ${Math.round(tookMs)} ms`);
  if (/CERT|SELF_SIGNED|UNABLE_TO_|TLS|SSL/.test(problem)) {
    return fault(
      `${where} shows a certificate that is not trusted (${problem})`,
      'NODE_EXTRA_CA_CERTS=/path/to/your-ca.pem in the real environment, where a proxy of your own looks into TLS',
    );
  }
  const name = host.replace(/:\d+$/, '');
  if (/ENOTFOUND|EAI_AGAIN/.test(problem)) return fault(`${where} has no address (${problem})`, `getent hosts ${name}; check DNS, or HTTPS_PROXY`);
  return fault(
    `${where} does not answer (${problem})`,
    proxy === undefined ? `curl -I ${new URL(url).origin}; check the firewall, or set HTTPS_PROXY` : `curl -I ${new URL(url).origin}; check HTTPS_PROXY`,
  );
}

export function judgeClock(aheadMs: number): Finding {
  const off = Math.abs(aheadMs);
  if (off < CLOCK_WARNING_MS) return ok('right, by the clocks of the vendors');
  const detail = `${Math.round(off / 1000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}, by the clocks of the vendors`;
  const fix = 'timedatectl set-ntp true (on the host, where this is a container)';
  return off < CLOCK_FAULT_MS ? warning(detail, fix) : fault(`${detail}: logins and certificates fail`, fix);
}

function answersOf(machine: Machine): Promise<readonly Answer[]> {
  const answers = asked.get(machine) ?? askAll(machine);
  asked.set(machine, answers);
  return answers;
}

async function askAll(machine: Machine): Promise<readonly Answer[]> {
  const installed = await machine.installed;
  const urls = 'problem' in installed ? [] : vendorUrls(machine, installed.providers);
  const proxies = { httpProxy: proxyOf(machine, 'HTTP_PROXY'), httpsProxy: proxyOf(machine, 'HTTPS_PROXY'), noProxy: proxyOf(machine, 'NO_PROXY') };
  const agent = new EnvHttpProxyAgent({ ...Object.fromEntries(Object.entries(proxies).map(([name, value]) => [name, value ?? ''])), connect: { timeout: ASK_MS } });
  try {
    return await Promise.all(urls.map((vendor) => ask(vendor, agent)));
  } finally {
    void agent.destroy();
  }
}

async function ask(vendor: VendorUrl, agent: EnvHttpProxyAgent): Promise<Answer> {
  const began = performance.now();
  try {
    const { headers, body } = await agent.request({ origin: new URL(vendor.url).origin, path: '/', method: 'HEAD', signal: AbortSignal.timeout(ASK_MS) });
    await body.dump();
    const date = Date.parse(String(headers['date']));
    return { vendor, problem: undefined, tookMs: performance.now() - began, aheadMs: Number.isNaN(date) ? undefined : Date.now() - date };
  } catch (error) {
    const { code, name } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    return { vendor, problem: name === 'TimeoutError' ? `nothing within ${ASK_MS / 1000} s` : (code ?? name), tookMs: performance.now() - began, aheadMs: undefined };
  }
}

/** As the gateway's own calls read it. */
function proxyOf({ environment }: Machine, name: string): string | undefined {
  const value = environment[name.toLowerCase()] ?? environment[name];
  return value === '' ? undefined : value;
}
