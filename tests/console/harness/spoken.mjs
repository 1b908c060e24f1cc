// Stands in for «spoken» where the server is older than it: the fields are as the contract has them.

/** @typedef {import('playwright-core').Route} Route */

let isLent = false;

/**
 * @param {import('playwright-core').Page} page
 * @param {string} api
 */
export async function lendSpoken(page, api) {
  const described = await (await fetch(`${api}/openapi.json`)).json();
  isLent = !described.components.schemas.VerificationRequest.properties.spoken;
  if (isLent) {
    await page.route(/\/v1\/verifications(\/|\?|$)/, async (route) => {
      // A server that is away is away for the page too.
      const reached = await reach(route).catch(() => null);
      if (reached) await route.fulfill({ response: reached.response, ...(reached.json && { json: reached.json }) });
      else await route.abort();
    });
  }
}

/**
 * Lets a request reach the server, and gives what it answered.
 * @param {Route} route
 * @returns {Promise<{ response: import('playwright-core').APIResponse, json: any }>}
 */
export async function reach(route) {
  const request = route.request();
  const url = new URL(request.url());
  const body = request.postDataJSON();
  const tongue = body?.spoken ?? url.searchParams.get('spoken');
  if (isLent) {
    url.searchParams.delete('spoken');
    if (body) delete body.spoken;
  }
  const response = await route.fetch({ url: url.href, postData: body ? JSON.stringify(body) : undefined });
  const text = await response.text();
  const json = text === '' ? null : JSON.parse(text);
  if (isLent && response.ok() && json && tongue) {
    const say = tongue === 'kk' ? SENTENCES.kk : SENTENCES.ru;
    json.spoken = json.outcome && json.outcome !== 'verified' ? say.refused : say.answer;
    for (const loan of json.loans ?? []) loan.spoken = say.loan(loan.ticket_number);
  }
  return { response, json };
}

const SENTENCES = {
  kk: {
    answer: 'Рақмет, сіз расталдыңыз. Сізде үш микрокредит бар, мәлімет бүгінгі.',
    refused: 'Кешіріңіз, сізді растай алмадым.',
    loan: (/** @type {string} */ ticket) =>
      `${ticket} билеті бойынша өтеу күні — екі мың жиырма алтыншы жылғы он жетінші қараша. Берешек — жүз жиырма бес мың теңге. Кепіл жетінші желтоқсанға дейін сақталады, он бес күн қалды.`,
  },
  ru: {
    answer: 'Спасибо, вы подтверждены. У вас три микрокредита, сведения сегодняшние.',
    refused: 'Извините, подтвердить вас не удалось.',
    loan: (/** @type {string} */ ticket) =>
      `По билету ${ticket} дата погашения — семнадцатое ноября две тысячи двадцать шестого года. Остаток задолженности — сто двадцать пять тысяч тенге. Залог хранится до седьмого декабря, осталось пятнадцать дней.`,
  },
};
