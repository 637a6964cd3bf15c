using System.Collections.Immutable;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>
/// Plans along random walks: configurations and disks change, loads end well or badly, in any order, and what must always hold is
/// checked after every step.
/// </summary>
public sealed class ReconcileWalkTests
{
    private const int Steps = 400;

    [Test]
    [MethodDataSource(nameof(Seeds))]
    public async Task RandomWalk_KeepsWhatMustHold(int seed)
    {
        Walk walk = new(seed);
        for (int step = 0; step < Steps; step++)
        {
            walk.Step();
        }

        await Assert.That(walk.Broken).IsEmpty().Because($"seed {seed}");
        walk.Settle();
        await Assert.That(walk.Broken).IsEmpty().Because($"seed {seed}, settling");
    }

    public static IEnumerable<int> Seeds() => Enumerable.Range(1, 60);

    private sealed class Walk(int seed)
    {
        private static readonly string[] s_names = ["a", "b", "c"];
        private static readonly string[] s_policies = ["", Worlds.All, Worlds.Latest(2), Worlds.Specific(1, 3), Worlds.Specific(2)];

        private readonly Random _random = new(seed);
        private readonly Dictionary<string, Dictionary<long, ActualVersion>> _actual = s_names.ToDictionary(static name => name, static _ => new Dictionary<long, ActualVersion>());
        private readonly Dictionary<string, ModelAction> _busy = [];
        private readonly HashSet<(string, long, string)> _bad = [];
        private Desired _desired = Desired.Nothing;
        private TimeSpan _now;

        public List<string> Broken { get; } = [];

        public void Step()
        {
            switch (_random.Next(6))
            {
                case 0:
                    Look();
                    break;
                case 1:
                    _now += TimeSpan.FromSeconds(_random.Next(1, 30));
                    break;
                case 2 or 3:
                    Begin(Plan());
                    break;
                default:
                    EndOne();
                    break;
            }
        }

        /// <summary>All files whole and settled: what is desired must be reached in a bounded number of steps, and nothing else.</summary>
        public void Settle()
        {
            _bad.Clear();
            _desired = _desired with
            {
                IsVouched = true,
                Look = _desired.Look + 1,
                Models = [.. _desired.Models.Select(static model => model with { Versions = model.Versions is { } versions ? [.. versions.Select(static version => version with { IsSettled = true })] : null })],
            };
            for (int step = 0; step < 200 && (_busy.Count > 0 || !Plan().Actions.IsEmpty); step++)
            {
                Begin(Plan());
                EndOne();
            }

            foreach (DesiredModel model in _desired.Models.Where(static model => model is { Config: not null, Versions: not null }))
            {
                ImmutableArray<long> wanted = model.Config!.Versions.Select(model.Versions!.Value.Select(static version => version.Folder.Version));
                Expect(_actual[model.Name].Keys.Order().SequenceEqual(wanted), $"{model.Name} serves {string.Join(',', _actual[model.Name].Keys.Order())}, wanted are {string.Join(',', wanted)}");
                foreach (VersionOnDisk version in model.Versions.Value.Where(version => wanted.Contains(version.Folder.Version)))
                {
                    VersionSource source = new(model.Config, version.Folder, version.Stamp);
                    Expect(source.MakesTheSameAs(_actual[model.Name].GetValueOrDefault(version.Folder.Version)?.Serves), $"{model.Name}/{version.Folder.Version} serves another source");
                }
            }

            string[] left = [.. _actual.Where(model => model.Value.Count > 0 && _desired.Models.All(desired => desired.Name != model.Key)).Select(static model => model.Key)];
            Expect(left.Length == 0, $"left over: {string.Join(',', left)}");
        }

        private void Look()
        {
            DesiredModel[] models = [.. s_names.Where(_ => _random.Next(5) > 0).Select(RandomModel)];
            foreach (VersionOnDisk version in models.SelectMany(static model => model.Versions ?? []).Where(_ => _random.Next(4) == 0))
            {
                _bad.Add((version.Folder.Path, version.Folder.Version, version.Stamp.Text));
            }

            _desired = new Desired([.. models], _desired.Look + 1, _random.Next(4) == 0);
        }

        private DesiredModel RandomModel(string name)
        {
            if (_random.Next(12) == 0)
            {
                return new DesiredModel(name, null, null, Worlds.Broken);
            }

            ModelConfig config = Worlds.Config(s_policies[_random.Next(s_policies.Length)], _random.Next(3) == 0 ? "AUTO" : "CPU", name);
            VersionOnDisk[] versions =
            [
                .. new long[] { 1, 2, 3, 4 }.Where(_ => _random.Next(3) > 0)
                    .Select(version => Worlds.OnDisk(version, _random.Next(4) == 0 ? "b" : "a", _random.Next(4) > 0, name)),
            ];
            return _random.Next(12) == 0 ? new DesiredModel(name, config, null, Worlds.Broken) : Worlds.Of(config, versions);
        }

        private ReconcilePlan Plan() =>
            ReconcilePlan.Compute(_desired, new Actual(_actual.Select(model => new ActualModel(model.Key, _busy.ContainsKey(model.Key), [.. model.Value.Values]))), _now);

        private void Begin(ReconcilePlan plan)
        {
            Expect(plan.Actions.Select(static action => action.Id.Name).Distinct().Count() == plan.Actions.Length, "two actions for one model");
            Expect(plan.NextDue is not { } due || due > _now, "a due time that has passed");
            foreach (ModelAction action in plan.Actions)
            {
                Expect(!_busy.ContainsKey(action.Id.Name), $"{action} for a busy model");
                ActualVersion? actual = _actual[action.Id.Name].GetValueOrDefault(action.Id.Version);
                switch (action)
                {
                    case ModelAction.Unload:
                        CheckUnload(action.Id);
                        _actual[action.Id.Name].Remove(action.Id.Version);
                        break;
                    case LoadAction.Load load:
                        Expect(actual?.Serves is null, $"{action} of what serves");
                        CheckAttempt(load.Source, actual);
                        _busy[action.Id.Name] = action;
                        break;
                    case LoadAction.Reload reload:
                        Expect(actual?.Serves is not null, $"{action} of what does not serve");
                        Expect(!reload.Source.MakesTheSameAs(actual?.Serves), $"{action} for nothing");
                        CheckAttempt(reload.Source, actual);
                        _busy[action.Id.Name] = action;
                        break;
                }
            }
        }

        private void CheckAttempt(VersionSource source, ActualVersion? actual)
        {
            VersionOnDisk onDisk = _desired.Models.Single(model => model.Name == source.Config.Name).Versions!.Value.Single(version => version.Folder == source.Folder);
            Expect(onDisk.IsSettled || _desired.IsVouched, "an attempt on files that still change");
            if (actual?.Failed is { } failed && source.MakesTheSameAs(failed.Source))
            {
                Expect(_now >= failed.At + RetryPause.After(failed.Attempts) || (_desired.IsVouched && failed.Look < _desired.Look), "an attempt before its time");
            }
        }

        // A model that is configured and has anything on disk that it may serve never loses its last version to a plan.
        private void CheckUnload(ServableId id)
        {
            DesiredModel? model = _desired.Models.SingleOrDefault(model => model.Name == id.Name);
            if (model is null || _actual[id.Name][id.Version].Serves is null)
            {
                return;
            }

            Expect(model is { Config: not null, Versions: not null }, $"{id} is unloaded though nothing is known");
            bool isAnythingWanted = !model.Config!.Versions.Select(model.Versions!.Value.Select(static version => version.Folder.Version)).IsEmpty;
            bool isAnythingLeft = _actual[id.Name].Values.Any(version => version.Version != id.Version && version.Serves is not null);
            Expect(isAnythingLeft || !isAnythingWanted, $"{id} is unloaded and nothing is left");
        }

        private void EndOne()
        {
            if (_busy.Count == 0)
            {
                return;
            }

            (string name, ModelAction action) = _busy.ElementAt(_random.Next(_busy.Count));
            _busy.Remove(name);
            VersionSource source = action is LoadAction.Load load ? load.Source : ((LoadAction.Reload)action).Source;
            ActualVersion before = _actual[name].GetValueOrDefault(action.Id.Version) ?? new ActualVersion(action.Id.Version, null, null);
            int attempts = before.Failed is { } last && source.MakesTheSameAs(last.Source) ? last.Attempts + 1 : 1;
            _actual[name][action.Id.Version] = _bad.Contains((source.Folder.Path, action.Id.Version, source.Stamp.Text))
                ? before with { Failed = new FailedLoad(source, attempts, _now, _desired.Look, Worlds.Broken) }
                : before with { Serves = source, Failed = null };
        }

        private void Expect(bool holds, string what)
        {
            if (!holds)
            {
                Broken.Add(what);
            }
        }
    }
}
