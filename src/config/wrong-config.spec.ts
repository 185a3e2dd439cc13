import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { readConfig } from './config-reader.js';
import { ConfigurationError } from './settings.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../test/support/fuzz.js';
import { damaged, misshapen } from '../../test/support/wrong-shapes.js';

const NAME = 'shellm.config.yaml';
const example = readFileSync(join(import.meta.dirname, '../../config/shellm.config.example.yaml'), 'utf8');
const traps = [
  '&a [*a, *a]',
  'a: &a [x]\nb: *a',
  '!!js/function "x"',
  '? [1, 2]\n: 3',
  '---\na: 1\n---\nb: 2',
  '%YAML 9.9\n---\n',
  '<<: {aliases: {a: b}}',
  '__proto__: {x: 1}',
  '\t- x',
  '"\\ud800"',
];

describe('a configuration file that is not what it should be', () => {
  it(
    'is read, or refused in one line',
    async () => {
      const texts = fc.oneof(
        misshapen(parse(example)).map((value) => stringify(value)),
        damaged(Buffer.from(example)).map((pieces) => Buffer.concat(pieces).toString()),
        fc.constantFrom(...traps).chain((trap) => damaged(Buffer.from(trap)).map((pieces) => Buffer.concat(pieces).toString())),
        fc.string({ unit: 'binary', maxLength: 60 }),
      );
      await fuzz(
        fc.property(texts, (text) => {
          try {
            readConfig(text, NAME);
          } catch (error) {
            if (!(error instanceof ConfigurationError)) throw error;
            expect(error.message).toMatch(/^shellm\.config\.yaml.*$/);
            expect(error.message.length).toBeLessThan(1000);
          }
        }),
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});
