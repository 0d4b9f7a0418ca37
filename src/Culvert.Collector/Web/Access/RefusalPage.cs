using System.Net;
using Microsoft.AspNetCore.Http;

namespace Culvert.Collector.Web.Access;

/// <summary>What a person sees in a browser that is not let in: why, and where to give the token.</summary>
internal static class RefusalPage
{
    public static Task WriteAsync(HttpContext context, int status, string sentence) =>
        HttpAnswer.TextAsync(context, status, $"""
            <!doctype html>
            <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Culvert</title>
            <body><h1>Culvert does not know you</h1>
            <p>{WebUtility.HtmlEncode(sentence)}</p>
            <form method="get"><label>Token
            <input name="token" type="password" autocomplete="off" size="44" autofocus></label>
            <button>Open</button></form>
            """, "text/html; charset=utf-8");

    /// <summary>Answers a link from another site with a page that loads the same address again, as our own.</summary>
    public static Task ReloadAsync(HttpContext context) => HttpAnswer.TextAsync(context, StatusCodes.Status200OK, """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="0"><title>Culvert</title>
        """, "text/html; charset=utf-8");
}
