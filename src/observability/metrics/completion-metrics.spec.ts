import { describe, expect, it } from '@jest/globals';
import { type CompletionFigures } from './completion-metrics.js';
import { Metrics } from './metrics.js';
import { asOpenMetrics } from './open-metrics.js';
import { parseMetrics, samplesOf, valueOf } from '../../../test/support/prometheus-text.js';

const figures: CompletionFigures = {
  client_name: 'app',
  provider: 'openai',
  model: 'gpt',
  prompt_tokens: 10,
  completion_tokens: 5,
  cached_tokens: 2,
  reasoning_tokens: 1,
  cost_nanos: 1_000_000,
  latency_ms: 1200,
  ttft_ms: 5,
  status: 200,
  cache: null,
};

describe('the metrics of completions', () => {
  it('has a thousand sets of labels at most, half of them for what only fails, and counts all the rest', async () => {
    const metrics = new Metrics();
    for (let name = 0; name < 3000; name += 1) metrics.completions.ended({ ...figures, model: `made-up-${name}`, status: 404, cost_nanos: null }, undefined);
    for (let name = 0; name < 3000; name += 1) metrics.completions.ended({ ...figures, model: `gpt-${name}` }, undefined);
    metrics.completions.ended({ ...figures, model: 'other', client_name: 'other' }, undefined);
    const text = await metrics.text();
    const families = parseMetrics(text);
    parseMetrics(asOpenMetrics(text), 'openmetrics');
    const sets = samplesOf(families, 'shellm_completion_duration_seconds_count');
    // With those that have no room: one for each provider.
    expect(sets.length).toBeLessThanOrEqual(1001);
    expect(sets.filter(({ labels }) => labels['model']?.startsWith('made-up'))).toHaveLength(500);
    expect(sets.filter(({ labels }) => labels['model']?.startsWith('gpt'))).toHaveLength(499);
    expect(valueOf(families, 'shellm_completions_total')).toBe(6001);
    expect(valueOf(families, 'shellm_completions_total', { model: 'other', status: '404' })).toBe(2500);
    expect(valueOf(families, 'shellm_tokens_total', { type: 'prompt' })).toBe(60_010);
  });

  it('puts a value into the bucket of its bound, and statuses that vendors invent into one', async () => {
    const metrics = new Metrics();
    for (const status of [200, 432, 433, 599, 451]) metrics.completions.ended({ ...figures, status }, { provider: 'claude', code: 'timeout' });
    const families = parseMetrics(await metrics.text());
    expect(samplesOf(families, 'shellm_completions_total').map(({ labels, value }) => [labels['status'], value])).toEqual([
      ['200', 1],
      ['4xx', 2],
      ['5xx', 1],
      ['451', 1],
    ]);
    const bucket = (le: string): number => valueOf(families, 'shellm_time_to_first_token_seconds_bucket', { le });
    expect([bucket('0.005'), bucket('+Inf'), valueOf(families, 'shellm_completion_duration_seconds_sum')]).toEqual([5, 5, 6]);
    expect(valueOf(families, 'shellm_fallbacks_total', { from: 'claude', to: 'openai', code: 'timeout' })).toBe(5);
    expect(valueOf(families, 'shellm_cost_dollars_total')).toBeCloseTo(0.005, 9);
  });
});
