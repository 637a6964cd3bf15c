using System.Globalization;
using System.Text;

namespace Ovms.Benchmarks;

/// <summary>
/// Long numbers in JSON, as programs print them: what reading them adds to an inference of almost no work, and whether memory stays.
/// </summary>
internal static class JsonRun
{
    private const double MostGrowth = 4;

    // Of random floats: their shortest text, and the text of the double of the same value, which is what Python's json prints.
    private static readonly (string Name, Func<float, string> Text)[] s_forms =
    [
        ("their shortest text", static value => value.ToString(CultureInfo.InvariantCulture)),
        ("all digits of a double", static value => ((double)value).ToString("R", CultureInfo.InvariantCulture)),
    ];

    /// <summary>Runs it.</summary>
    public static async Task<IReadOnlyList<Goal>> RunAsync(Scale scale)
    {
        Workload workload = Workload.Glance;
        using Server server = Server.Start(workload.Options);
        using Echo echo = Echo.Start(Bodies.Write("small", new byte[64]));
        (string Name, Load Served, Load Echoed)[] ways = [.. s_forms.Select(form =>
        {
            byte[] body = Body(form.Text);
            string file = Bodies.Write($"{form.Name.Replace(' ', '-')}.json", body);
            string name = string.Create(CultureInfo.InvariantCulture, $"JSON over REST, 1×3×224×224 random floats, {form.Name} ({body.Length / 1e6:0.0} MB), glance: added at p50");
            return (name, Load.Rest(server.RestPort, $"/v2/models/{workload.Name}/infer", file), Load.Grpc(echo.Port, file));
        })];
        Samples[] added = [.. ways.Select(static _ => new Samples())];
        Samples[] echoed = [.. ways.Select(static _ => new Samples())];
        for (int round = 0; round < scale.Rounds; round++)
        {
            double plain = (await PlainProgram.RunAsync(workload, 1, scale.Turn)).Measured.P50;
            for (int i = 0; i < ways.Length; i++)
            {
                added[i].Add((await ways[i].Served.RunAsync(1, scale.Turn)).P50 - plain);
                echoed[i].Add((await ways[i].Echoed.RunAsync(1, scale.Turn)).P50);
            }
        }

        // What was called so far has warmed everything up.
        double before = server.ResidentMemory;
        long calls = 0;
        while (calls < scale.Calls / 500)
            calls += (await ways[^1].Served.RunAsync(1, scale.Turn)).Calls;
        double growth = server.ResidentMemory - before;
        List<Goal> goals = [];
        for (int i = 0; i < ways.Length; i++)
        {
            goals.Add(Goal.AtMost(ways[i].Name, 3, added[i], Samples.Milliseconds));
            goals.Add(Goal.Beside("… the echo's whole call with as many bytes", echoed[i], Samples.Milliseconds));
        }

        goals.Add(new Goal(
            $"… resident memory over {calls:N0} calls more",
            $"flat: ≤ {Samples.Mebibytes(MostGrowth)} more",
            $"{Samples.Mebibytes(before)} {growth:+0.0;-0.0} MiB",
            growth <= MostGrowth));
        return goals;
    }

    private static byte[] Body(Func<float, string> text)
    {
        Random random = new(1);
        IEnumerable<string> numbers = Enumerable.Range(0, 3 * 224 * 224).Select(_ => text(random.NextSingle()));
        return Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"image","shape":[1,3,224,224],"datatype":"FP32","data":[{{string.Join(',', numbers)}}]}]}""");
    }
}
