import { post } from './api.js';
import { h, notice } from './dom.js';

/** For who does not sit at the machine itself. @param whenIn called once the token was right */
export function loginPage(whenIn) {
  const token = h('input', { type: 'password', id: 'token', autocomplete: 'current-password', required: true });
  const trouble = h('div');
  const enter = async (event) => {
    event.preventDefault();
    try {
      await post('/api/login', { token: token.value.trim() });
      whenIn();
    } catch (error) {
      trouble.replaceChildren(notice(error));
      token.focus();
    }
  };
  const element = h(
    'form',
    { class: 'card login', on: { submit: enter } },
    h('h1', { tabindex: '-1' }, 'Who is there?'),
    h(
      'p',
      {},
      'On the machine that runs the agent, ',
      h('code', {}, 'btsoot dashboard'),
      ' prints a link that lets you in. Its end is the token.',
    ),
    trouble,
    h('label', { for: 'token' }, 'Token'),
    token,
    h('button', { type: 'submit', class: 'primary' }, 'Log in'),
  );
  return { title: 'Log in', element, update: () => undefined };
}
