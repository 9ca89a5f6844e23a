import { describe, expect, it } from 'vitest';
import { plainComplaints, refusalComplaints } from '../../../kit/messages/good-message.ts';

describe('a good refusal', () => {
  it.each([
    'spec.allowedCIDRs[0]: "10.0.0.1/24": must have no bits set after the first 24; write 10.0.0.0/24',
    'spec.allowedCIDRs[0]: Invalid value: "10.0.0.1/24": must be an address, such as 10.0.0.0/24',
  ])('names field, value, rule and what is right: %s', (text) => {
    expect(refusalComplaints({ text, field: 'spec.allowedCIDRs[0]', value: '10.0.0.1/24' })).toEqual([]);
  });

  it('may shorten what was written', () => {
    const value = 'x'.repeat(100);
    const text = `spec.host: "${value.slice(0, 61)}...": must be a DNS name, such as support.example.com`;
    expect(refusalComplaints({ text, field: 'spec.host', value })).toEqual([]);
  });
});

describe('a refusal is not good that', () => {
  const whole = { text: 'spec.x: "7": must be from 1 to 6, such as 3', field: 'spec.x', value: '7' };
  const broken: Readonly<Record<string, [text: string, complaint: string]>> = {
    'keeps the field to itself': ['"7": must be from 1 to 6, such as 3', 'does not name the field spec.x'],
    'keeps the value to itself': ['spec.x: must be from 1 to 6, such as 3', 'does not show the value 7'],
    'has no rule': ['spec.x: "7" is wrong; write 3', 'does not say the rule'],
    'leaves alone with it': [
      'spec.x: Invalid value: 7: must be smaller',
      'has neither an example nor a way out',
    ],
    'shows a pattern': [`spec.x: "7" should match '^[a-z0-9]$'; write a`, 'shows a pattern'],
  };

  it.each(Object.entries(broken))('%s', (_, [text, complaint]) => {
    expect(refusalComplaints({ ...whole, text }).join('; ')).toContain(complaint);
  });
});

describe('no text may', () => {
  const texts: Readonly<Record<string, [text: string, complaint: string]>> = {
    'be empty': [' ', 'is empty'],
    'show a pattern': ["in body should match '^[a-z]+$'", 'shows a pattern'],
    'pass on what a library advises': [
      'Source contains multiple documents; please use YAML.parseAllDocuments()',
      'gives the advice of a library',
    ],
    'show what a library throws': ['cannot be read: ENOENT', 'shows the code of a library'],
    'name the class of what was thrown': ['TypeError: fetch failed', 'shows the code of a library'],
    'show a stack': ['failed\n    at main (file:///app/main.ts:1:2)', 'shows a stack'],
    'show what a variable lacked': ['SupportUser undefined has no role', 'shows a value of the language'],
    'show a template': ['Hello {{name}}', 'shows a value of the language'],
    'begin without a subject': [': must be an object', 'begins without a subject'],
    'lack a name': ['the file "" cannot be read', 'has an empty name'],
    'speak in riddles': ['All that should be in force is in force', 'speaks in riddles'],
    'leave open who acts': ['Nobody named has one of: Engineer', 'calls an actor by no name'],
  };

  it.each(Object.entries(texts))('%s', (_, [text, complaint]) => {
    expect(plainComplaints(text).join('; ')).toContain(complaint);
  });

  it.each([
    'The grant ended at 2026-12-03T08:00:00Z.',
    'SupportUser ada does not exist yet; access stays closed for ada until it does.',
    'spec.access of SupportAccessPolicy default is Disabled; Enabled switches support access on.',
    'Use support.example.com or https://support.example.com:8443/support-access/sign-in.',
    'kubectl support-access grants --for 4h',
  ])('be refused without a fault: %s', (text) => {
    expect(plainComplaints(text)).toEqual([]);
  });
});
