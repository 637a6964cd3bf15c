using System.Text;
using System.Text.Json;
using Ovms.Frontends.Rest.Json;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest.Json;

/// <summary>What a caller is told about JSON that is none: the fault and its place, and nothing about how it is read here.</summary>
public sealed class JsonFaultTests
{
    [Test]
    [Arguments("{\"a\":[1,]}", "The JSON array contains a trailing comma at the end. Line: 1; Offset: 8")]
    [Arguments("{\"a\":1,\n}", "The JSON object contains a trailing comma at the end. Line: 2; Offset: 8")]
    [Arguments("{", "The text ends too early: there is an open JSON object or array that should be closed. Line: 1; Offset: 1")]
    [Arguments("{\"a\":[null", "The text ends too early: there is an open JSON object or array that should be closed. Line: 1; Offset: 10")]
    public async Task Malformed_IsToldToItsWriter(string text, string expected)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        JsonException fault = Assert.Throws<JsonException>(() => JsonDocument.Parse(json).Dispose());
        Outcome told = JsonFault.Malformed(fault, json);
        await Assert.That(told.Code).IsEqualTo(StatusCode.JsonInvalid);
        await Assert.That(told.Detail).IsEqualTo($"Error: {expected}");
    }
}
