import { type HealthReport } from '../health/health.service.js';

/** Longer than the gateway waits for a provider's probe. */
const ANSWER_WITHIN_MS = 20_000;

/** What a running gateway says of itself; undefined where it does not answer. */
export async function askHealth(url: string): Promise<HealthReport | undefined> {
  try {
    const answer = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return (await answer.json()) as HealthReport;
  } catch {
    return undefined;
  }
}
