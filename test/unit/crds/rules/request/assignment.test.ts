import { describe, expect, it } from 'vitest';
import { assignmentRule } from '../../../../../crds/rules/request/assignment.ts';
import { metadataOf, withMetadata, withSpec } from '../../../../kit/objects/object.ts';
import { aUser } from '../../../../kit/objects/user.ts';

const ada = aUser(
  withMetadata(metadataOf('SupportUser', 'ada')),
  withSpec({
    displayName: 'Ada Lovelace',
    userId: 'cp-1042',
    nameID: 'ada@vendor.example',
    email: 'a.lovelace@vendor.example',
  }),
);
const rule = assignmentRule(['assigneeId', 'assigned_to', 'owner'], () => [ada]);

describe('an assignment', () => {
  it('is asked about only where the application lists fields', () => {
    expect(assignmentRule(undefined, () => [ada])).toBeUndefined();
    expect(assignmentRule([], () => [ada])).toBeUndefined();
  });

  it.each([
    'assigneeId',
    'assignee_id',
    'ASSIGNEE-ID',
    'task[assigneeId]',
    'task[assigned_to][]',
    'task.assignedTo',
    'ａssigneeId',
    'owner',
  ])('CC-6 EC-13 is one by the field %s', (name) => {
    expect(rule?.find([name], 'ada')).toEqual({ field: name, person: 'ada' });
  });

  it.each(['assignee', 'ownership', 'comment', '', 'task[owners]'])('is none by the field %j', (name) => {
    expect(rule?.find([name], 'ada')).toBeUndefined();
  });

  it('is one where the field stands around the value', () => {
    expect(rule?.find(['task', 'owner', 'profile', 'name'], 'ada')).toMatchObject({ field: 'owner' });
  });

  it.each([
    'ada',
    ' ADA ',
    'Ada Lovelace',
    'cp-1042',
    'CP-1042',
    'ada@vendor.example',
    'a.lovelace@vendor.example',
    'Ada <ada@vendor.example>',
    'grace, ada',
    'grace;cp-1042',
    'mailto:ada@vendor.example',
    'https://ecase.example.com/users/cp-1042',
    'cp-\u200b1042',
    'ａda',
    'grace\nada',
  ])('EC-13 CC-6 names the person of support by %j', (value) => {
    expect(rule?.find(['owner'], value)).toMatchObject({ person: 'ada' });
  });

  it.each(['grace', 'Ada Byron', 'adam', 'cp-10421', 'xcp-1042', 'ada@vendor.example2', '', '1042'])(
    'names another person by %j',
    (value) => {
      expect(rule?.find(['owner'], value)).toBeUndefined();
    },
  );

  it('looks for no short number inside of others', () => {
    const seven = assignmentRule(['owner'], () => [
      aUser(withSpec({ userId: '7', nameID: 'x', displayName: 'Seven' })),
    ]);
    expect(seven?.find(['owner'], '7')).toBeDefined();
    expect(seven?.find(['owner'], 'room 7')).toBeUndefined();
  });
});
