import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import '../app.module.js';
import { declaredVariables } from './declared-variables.js';

describe(declaredVariables.name, () => {
  const declared = declaredVariables();
  const names = declared.map(({ name }) => name);

  it('are those of .env.example, each once', () => {
    const example = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
    const documented = [...example.matchAll(/^#(\w+)=/gm)].map(([, name]) => name);
    // ALL_PROXY is for the CLIs alone.
    expect(names.toSorted()).toEqual([...documented, 'ALL_PROXY'].toSorted());
  });

  it('know their defaults, and which of them hold a secret', () => {
    expect(declared.find(({ name }) => name === 'SHELLM_PORT')).toMatchObject({ default: 6100, secret: false, into: { property: 'port' } });
    expect(declared.filter(({ secret }) => secret).map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'SHELLM_CLIENTS',
        'SHELLM_KEY_SECRET',
        'SHELLM_WEBHOOK_SECRET',
        'OPENAI_API_KEY',
        'ANTHROPIC_AUTH_TOKEN',
        'GOOGLE_API_KEY',
        'DATABASE_URL',
        'REDIS_URL',
      ]),
    );
  });
});
