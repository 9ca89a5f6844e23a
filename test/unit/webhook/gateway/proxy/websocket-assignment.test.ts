/** What a client of a WebSocket may not say where the application lists the fields by which it assigns. */
import { describe, expect, it } from 'vitest';
import type { Received } from '../../../../../webhook/gateway/proxy/websocket/messages.ts';
import { aUser } from '../../../../kit/objects/user.ts';
import { aClient, anApplication, answering, masked, unmasked } from './web-socket.ts';

describe('a message that assigns', () => {
  const { userId } = aUser().spec;
  const assigning = `{"task":{"assignee":"${userId}"}}`;

  it.each<[string, string | Uint8Array<ArrayBuffer>]>([
    ['as JSON', assigning],
    ['as JSON in a binary message', new TextEncoder().encode(assigning)],
    ['as Socket.IO does', `42["save",${assigning}]`],
    ['as SignalR does', `{"type":1,"arguments":[${assigning}]}\u001e`],
    ['as STOMP does', `SEND\ndestination:/app/tasks\n\n${assigning}\0`],
    ['below a header line with a quote and a bracket', `SEND\nsubject:a"{"\r\n\r\n${assigning}\0`],
    ['as Action Cable does', JSON.stringify({ command: 'message', data: assigning })],
  ])('CC-6 EC-13 is closed where the client assigns to a person of support %s', async (_, first) => {
    const received: Received[] = [];
    for (const policy of [masked, unmasked]) {
      const application = anApplication((_spoken, message) => received.push(message));
      const { closed, forwarded } = await aClient(policy, application, { first, fields: ['assignee'] });
      expect(await closed).toEqual({ code: 1008, reason: expect.stringContaining('person of support') });
      expect((await forwarded).outcome).toMatchObject({ status: 101, reason: 'SupportAssigned' });
    }
    expect(received.filter(({ kind }) => kind === 'message')).toEqual([]);
  });

  it.each([
    ['to another person', '{"assignee":"grace"}', ['assignee']],
    ['in a field that does not assign', `{"comment":"${userId}"}`, ['assignee']],
    ['where the application lists no field', assigning, []],
    ['with a zero byte and no assignment', 'SEND\n\n{"assignee":"grace"}\0', ['assignee']],
  ])('passes a message %s', async (_, first, fields) => {
    const { told, heard } = await aClient(masked, answering('one'), { first, fields });
    await heard;
    expect(told).toEqual(['one']);
  });
});
