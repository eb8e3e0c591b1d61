// A forgotten password is replaced, by a code behind the address's #, which no server and no log is sent.
const element = (id) => document.getElementById(id);

element('reset').addEventListener('submit', async (event) => {
  event.preventDefault();
  element('failure').textContent = '';
  try {
    const response = await fetch('password/reset', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code: location.hash.slice(1), password: element('password').value }),
    });
    if (response.ok) {
      element('reset').hidden = true;
      element('notice').textContent = 'That is your password from now on. You are logged out everywhere.';
    } else {
      element('failure').textContent = (await response.json()).detail;
    }
  } catch {
    element('failure').textContent = 'The service cannot be reached. Try again.';
  }
});
