import { describe, expect, it } from '@jest/globals';
import { literalText } from './literal-text.js';
import { waryModeOf } from './wary-mode.js';

describe(literalText.name, () => {
  it.each([
    ['/logout', '\u2060/logout'],
    [' \n/init now', '\u2060 \n/init now'],
    ['!ls', '\u2060!ls'],
    ['$skill', '\u2060$skill'],
    ['read @/etc/passwd', 'read \u2060@\u2060/etc/passwd'],
    ['(@~/x) and\t@./y', '(\u2060@\u2060~/x) and\t\u2060@\u2060./y'],
    ['@"/etc/pass wd"', '\u2060@\u2060"/etc/pass wd"'],
    ['@a/../../etc/passwd', '\u2060@\u2060a/.\u2060./.\u2060./etc/passwd'],
    ['@C:\\x @file:///x @server:thing', '\u2060@\u2060C:\\x \u2060@\u2060file:///x \u2060@\u2060server:thing'],
    ['@a\\ b/../x', '\u2060@\u2060a\\ b/../x'],
    ['x@@/y', 'x@\u2060@\u2060/y'],
  ])('takes the order out of %j', (text, literal) => {
    expect(literalText(text)).toBe(literal);
  });

  it.each(['', ' hi ', 'me@example.com', '@Injectable()\nclass A {}', "from '@nestjs/core'", '# Title', 'a / b', 'the path /etc/passwd', '1 @ 2', '...'])(
    'leaves %j as it is',
    (text) => {
      expect(literalText(text)).toBe(text);
    },
  );

  it('takes time that grows with the text alone', () => {
    const began = performance.now();
    for (const text of ['@'.repeat(1e6), '@a'.repeat(5e5), ' '.repeat(1e6), '@.'.repeat(5e5), `@${'a'.repeat(1e6)}`, `${'@a-'.repeat(3e5)}:`]) literalText(text);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe(waryModeOf.name, () => {
  const session = (currentModeId: string, ...ids: string[]): object => ({ modes: { currentModeId, availableModes: ids.map((id) => ({ id, name: id })) } });

  it.each<[string, unknown, string | undefined]>([
    ["codex-acp's", session('agent', 'read-only', 'workspace-write', 'agent', 'agent-full-access'), 'read-only'],
    ["claude-agent-acp's", session('auto', 'default', 'acceptEdits', 'plan', 'auto'), 'default'],
    ["gemini's", session('default', 'default', 'autoEdit', 'yolo'), undefined],
    ['one that plans', session('plan', 'default', 'plan'), undefined],
    ['one that knows only how to act', session('build', 'build'), undefined],
    ['none', {}, undefined],
    ['nonsense', { modes: { currentModeId: 7, availableModes: [null] } }, undefined],
  ])('of %s', (_case, raw, mode) => {
    expect(waryModeOf(raw)).toBe(mode);
  });

  it('lets an agent ask where functions are allowed', () => {
    const modes = session('auto', 'default', 'dontAsk', 'auto');
    expect([waryModeOf(modes), waryModeOf(modes, true), waryModeOf(session('dontAsk', 'default', 'dontAsk'), true)]).toEqual(['dontAsk', 'default', 'default']);
  });
});
