using System.Globalization;
using System.Text.Json;
using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The field logit_bias: additions to the logits of tokens, by their ids.</summary>
internal static class LogitBiasField
{
    /// <summary>Reads it.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    public static KeyValuePair<int, float>[] Read(RequestFields fields)
    {
        if (!fields.TryGet("logit_bias", out JsonElement value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("logit_bias is not an object of token ids and numbers");
            return [];
        }

        List<KeyValuePair<int, float>> pairs = [];
        HashSet<int> ids = [];
        foreach (JsonProperty pair in value.EnumerateObject())
        {
            if (!int.TryParse(pair.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                fields.Fail($"logit_bias: {Shown.Bounded(pair.Name)} is no token id; expected: a whole number from 0 to {int.MaxValue}");
                return [];
            }

            if (pair.Value.ValueKind != JsonValueKind.Number
                || !pair.Value.TryGetSingle(out float bias)
                || !(bias is >= -100 and <= 100))
            {
                fields.Fail($"logit_bias: token {id} has {Shown.Bounded(pair.Value.GetRawText())}; expected: a number from -100 to 100");
                return [];
            }

            if (!ids.Add(id))
            {
                fields.Fail($"logit_bias: token {id} is given twice; expected: once");
                return [];
            }

            pairs.Add(new KeyValuePair<int, float>(id, bias));
            if (pairs.Count > SamplingRules.MostBiases)
            {
                fields.Fail($"logit_bias may have at most {SamplingRules.MostBiases} tokens");
                return [];
            }
        }

        return [.. pairs];
    }
}
