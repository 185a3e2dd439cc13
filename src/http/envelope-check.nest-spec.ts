import { describe, expect, it } from '@jest/globals';
import { type Type } from '@nestjs/common';
import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { EnvelopeCheck } from './envelope-check.js';
import { checkEnvelope } from './envelope.pipe.js';

class Inner {
  @IsString()
  text!: string;
}

class Envelope {
  @MaxLength(5)
  @IsNotEmpty()
  @IsString()
  model!: string;

  @ValidateIf(({ kind }: Envelope) => kind !== 'short')
  @IsArray()
  @ArrayNotEmpty()
  messages?: unknown;

  @IsBoolean()
  @IsOptional()
  stream?: unknown;

  @IsOptional()
  @IsObject()
  options?: unknown;

  @IsDefined()
  kind?: unknown;
}

class Derived extends Envelope {
  @IsIn(['a', 'b'])
  letter?: unknown;
}

class Nested {
  @ValidateNested()
  inner?: Inner;
}

class Listed {
  @IsString({ each: true })
  words?: unknown;
}

const values = [undefined, null, '', 'a', 'short', 'too long', 0, true, [], [1], ['a'], {}, { text: 1 }];
const names = ['model', 'messages', 'stream', 'options', 'kind', 'letter'] as const;
const good = { model: 'm', messages: [1], stream: true, options: {}, kind: 'x', letter: 'a' };

function accepts(dto: Type<object>, body: object): boolean {
  return validateSync(Object.assign(new dto(), body), { forbidUnknownValues: false }).length === 0;
}

describe(EnvelopeCheck, () => {
  it.each([[Envelope], [Derived]])('judges as class-validator does, whatever a field holds: %p', (dto) => {
    const check = new EnvelopeCheck(dto);
    for (const kind of ['x', 'short', undefined]) {
      for (const name of names) {
        for (const value of values) {
          const body = { ...good, kind, [name]: value };
          expect([body, check.passes(body)]).toEqual([body, accepts(dto, body)]);
        }
      }
    }
    expect(check.passes(good)).toBe(true);
    expect(check.passes({})).toBe(false);
  });

  it('leaves to class-validator what is not of one value alone', () => {
    expect(new EnvelopeCheck(Nested).passes({ inner: { text: 'a' } })).toBe(false);
    expect(new EnvelopeCheck(Listed).passes({ words: ['a'] })).toBe(false);
    expect(checkEnvelope({ words: ['a'] }, Listed)).toEqual({ words: ['a'] });
    expect(() => checkEnvelope({ words: [1] }, Listed)).toThrow("Invalid value for 'words': each value in words must be a string.");
  });

  it('has nothing against what declares nothing', () => {
    expect(new EnvelopeCheck(Object).passes({ any: 1 })).toBe(true);
  });
});
