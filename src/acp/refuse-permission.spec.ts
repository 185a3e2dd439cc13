import { type PermissionOptionKind } from '@agentclientprotocol/sdk';
import { describe, expect, it } from '@jest/globals';
import { finishReasonOf } from './finish-reason.js';
import { refusePermission } from './refuse-permission.js';

describe(refusePermission.name, () => {
  it.each<[readonly PermissionOptionKind[], unknown]>([
    [['allow_once', 'reject_always', 'reject_once'], { outcome: 'selected', optionId: 'reject_once' }],
    [['allow_always', 'reject_always'], { outcome: 'selected', optionId: 'reject_always' }],
    [['allow_once', 'allow_always'], { outcome: 'cancelled' }],
    [[], { outcome: 'cancelled' }],
  ])('of %j', (kinds, outcome) => {
    expect(refusePermission({ options: kinds.map((kind) => ({ kind, optionId: kind, name: kind })) })).toEqual({ outcome });
  });
});

describe(finishReasonOf.name, () => {
  it.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['max_turn_requests', 'length'],
    ['refusal', 'content-filter'],
    ['of_the_future', 'stop'],
  ])('%s is %s', (stopReason, reason) => {
    expect(finishReasonOf(stopReason)).toBe(reason);
  });
});
