import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { type Provider, type Turn } from './provider.js';
import { completionRequest } from '../../test/support/completion-request.js';
import { grammarFault } from '../../test/support/event-arbitraries.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** A provider to be examined, and how to know what it is doing. */
export interface ProviderUnderTest {
  readonly provider: Provider;
  /** A prompt whose answer is short; one whose answer takes long enough to be left. */
  readonly prompts: { readonly short: string; readonly long: string };
  /** Turns that run at this moment, at the vendor or in the pool. */
  running(): number;
  close(): Promise<void>;
}

/** What every provider's spec runs: the rules of `Provider` that its types cannot say. */
export function itKeepsTheProviderContract(start: () => Promise<ProviderUnderTest>): void {
  describe('the provider contract', () => {
    let at: ProviderUnderTest;
    beforeAll(async () => {
      at = await start();
    });
    afterAll(() => at.close());

    it('names itself and its models from memory', () => {
      const { id, kind, defaultModel, capabilities, whatToDo } = at.provider;
      expect(id).toMatch(/^(acp\/)?[a-z][a-z0-9-]*$/);
      expect(['cli', 'api']).toContain(kind);
      expect(defaultModel).not.toBe('');
      expect(whatToDo).toMatch(/\.$/);
      if (!at.provider.passesAnyModel) expect(at.provider.models()).toContain(defaultModel);
      for (const support of Object.values(capabilities)) expect(['native', 'emulated', 'none']).toContain(support);
    });

    it('tells its state without paths or secrets', async () => {
      const status = await at.provider.status();
      expect(status).toMatchObject({ status: 'ready', installed: true, authenticated: true });
      expect(JSON.stringify(status)).not.toMatch(/\/(home|root|tmp|usr)\/|sk-/);
    });

    it('starts a turn on subscription only, and keeps the grammar', async () => {
      const events = at.provider.stream(turn(at, at.prompts.short));
      expect(at.running()).toBe(0);
      const said = await lastValueFrom(events.pipe(toArray()));
      expect(grammarFault(said)).toBeUndefined();
      expect(said.some((event) => event.type === 'text-delta' && event.text !== '')).toBe(true);
      expect(said.at(-1)).toMatchObject({ type: 'stream-end', reason: 'stop', usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) } });
      await gone(at);
    });

    it('ends the turn when its subscriber leaves', async () => {
      await firstValueFrom(at.provider.stream(turn(at, at.prompts.long)));
      await gone(at);
    });

    it('refuses what a CLI cannot do and names it', async () => {
      if (at.provider.kind !== 'cli') return;
      const refused = lastValueFrom(at.provider.stream(turn(at, at.prompts.short, { apiOnlyParameters: ['logprobs'] })));
      const error: unknown = await refused.catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(GatewayError);
      expect(error).toMatchObject({ code: 'unsupported_parameter', param: 'logprobs' });
      await gone(at);
    });
  });
}

function turn({ provider }: ProviderUnderTest, prompt: string, change: Partial<CompletionRequest> = {}): Turn {
  const request = completionRequest([{ role: 'user', content: [{ type: 'text', text: prompt }] }], change);
  return { request, model: provider.defaultModel, owner: 'contract', flow: new Flow(), affinity: { resumeKey: undefined, keepKey: () => undefined } };
}

async function gone(at: ProviderUnderTest): Promise<void> {
  for (let tries = 0; at.running() > 0; tries += 1) {
    if (tries > 300) throw new Error('the turn goes on though nobody listens');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
