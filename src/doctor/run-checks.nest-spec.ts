import { describe, expect, it } from '@jest/globals';
import { type Check } from './check.js';
import { fault, ok, warning } from './finding.js';
import { Machine } from './machine.js';
import { isWell, jsonOf, reportOf } from './report.js';
import { runChecks } from './run-checks.js';

const machine = new Machine({ environment: { HOME: '/nowhere' }, workDir: '/' });
const check = (id: string, look: Check['look']): Check => ({ id, title: `the ${id}`, group: 'data', look });

describe(runChecks.name, () => {
  it('does not wait for one that hangs, nor fall over one that fails', async () => {
    const began = performance.now();
    const checked = await runChecks(
      [
        check('fine', () => ok('well')),
        check('hanging', () => new Promise(() => undefined)),
        check('throwing', () => {
          throw new Error('broken');
        }),
        check('absent', () => undefined),
      ],
      machine,
      100,
    );
    expect(performance.now() - began).toBeLessThan(2000);
    expect(checked.map(({ findings }) => findings.map(({ state, detail }) => [state, detail]))).toEqual([
      [['ok', 'well']],
      [['warning', 'this could not be found out within 0.1 s']],
      [['warning', 'this could not be found out (broken)']],
      [],
    ]);
  });

  it('shows no secret, whoever said it, and one line', async () => {
    const [checked] = await runChecks([check('words', () => fault(`refused\nsk-ant-api03-${'a'.repeat(95)}`))], machine);
    expect(checked!.findings[0]!.detail).toMatch(/^refused \[REDACTED:[^\]]+\]$/);
  });

  it('is told for people and for programs', async () => {
    const checked = await runChecks(
      [check('disk', () => fault('full', 'df -h')), check('names', () => [{ ...warning('odd', 'unset A'), about: 'A' }]), check('rest', () => ok('fine'))],
      machine,
    );
    expect(isWell(checked)).toBe(false);
    expect(jsonOf(checked)).toEqual({
      ok: false,
      checks: [
        { id: 'disk', title: 'the disk', state: 'fault', detail: 'full', fix: 'df -h' },
        { id: 'names:A', title: 'the names', state: 'warning', detail: 'odd', fix: 'unset A' },
        { id: 'rest', title: 'the rest', state: 'ok', detail: 'fine' },
      ],
    });
    expect(reportOf(checked)).toBe(
      ['Data', '  ✗ the disk: full', '      → df -h', '  ! the names (A): odd', '      → unset A', '  ✓ the rest: fine', '', '1 of 3 checks needs a hand, and 1 a look.', ''].join(
        '\n',
      ),
    );
  });
});
