import { describe, expect, it } from '@jest/globals';
import { filterOf, noFilter, requestQuery, searchOf } from './request-log.ts';

describe(requestQuery, () => {
  it('names only what is set, and where the page before ended', () => {
    expect(requestQuery(noFilter)).toBe('limit=50');
    expect(requestQuery({ ...noFilter, client: ' shop ', outcome: 'error' }, 'cursor=')).toBe('limit=50&client=shop&outcome=error&before=cursor%3D');
  });

  it('tells times in UTC', () => {
    const { from, to } = Object.fromEntries(new URLSearchParams(requestQuery({ ...noFilter, from: '2026-11-26T10:00', to: 'never' })));
    expect(from).toBe(new Date('2026-11-26T10:00').toISOString());
    expect(to).toBe('never');
  });
});

describe(filterOf, () => {
  it('reads an address, and nothing that is no filter', () => {
    expect(filterOf('?client=shop&outcome=error&limit=5')).toEqual({ ...noFilter, client: 'shop', outcome: 'error' });
  });

  it('is written into an address and read back', () => {
    const filter = { ...noFilter, model: 'a&b', from: '2026-11-26T10:00' };
    expect(filterOf(searchOf(filter))).toEqual(filter);
    expect(searchOf(noFilter)).toBe('');
  });
});
