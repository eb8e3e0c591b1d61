using System.Text.RegularExpressions;
using Gatehouse.Gateway.Connections;
using Gatehouse.Infra.Tests.Support;
using k8s.Models;
using Microsoft.Extensions.Hosting;
using YamlDotNet.Core;

[assembly: AssemblyFixture(typeof(Gatehouse.Infra.Tests.Support.RunningService))]

namespace Gatehouse.Infra.Tests;

/// <summary>infra/kubernetes: each overlay names what exists, and keeps what the operator's page promises.</summary>
public sealed partial class KubernetesTests(RunningService service)
{
    private static readonly string[] NotForClients = ["/metrics", "/healthz"];

    private static readonly List<string> Doors =
        [.. Address().Matches(Repository.Read("gateway/Addresses.cs")).Select(address => address.Groups[1].Value)];

    public static TheoryData<string> Overlays => [.. Overlay.Names];

    [Fact]
    public void AFieldThatKubernetesDoesNotKnowIsRefused() => Assert.ThrowsAny<YamlException>(
        () => Overlay.Parse("{apiVersion: v1, kind: Service, spec: {ports: [{targetport: http}]}}"));

    [Theory, MemberData(nameof(Overlays))]
    public async Task EverySettingNamedIsOneOfOurs(string name)
    {
        var overlay = await Overlay.Get(name);
        var named = overlay.OurPods.SelectMany(pod => pod.Spec.Containers).SelectMany(it => it.Env).Select(it => it.Name)
            .Concat(overlay.Of<V1ConfigMap>().SelectMany(map => map.Data.Keys)).ToList();
        Assert.Contains("ConnectionStrings__Postgres", named);
        Assert.Empty(KnownSettings.Unknown(named));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task SecretsComeFromOutside(string name)
    {
        var overlay = await Overlay.Get(name);
        Assert.Empty(overlay.Of<V1Secret>());
        var secret = new[] { "ConnectionStrings__", "Keys", "Password", "PASSWORD" };
        Assert.All(
            overlay.Pods.SelectMany(pod => pod.Spec.Containers).SelectMany(it => it.Env)
                .Where(it => secret.Any(it.Name.Contains)),
            it => Assert.NotNull(it.ValueFrom?.SecretKeyRef));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task EveryPortNamedIsOneOfTheContainers(string name)
    {
        var overlay = await Overlay.Get(name);
        Assert.All(overlay.Of<V1Service>(), service => AssertHave(
            overlay.Chosen(service.Spec.Selector), service.Spec.Ports.Select(port => port.TargetPort.Value)));
        Assert.All(overlay.Of<V1NetworkPolicy>(), policy => AssertHave(
            overlay.Chosen(policy.Spec.PodSelector.MatchLabels),
            (policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports).Select(port => port.Port.Value)));
        Assert.All(overlay.OurPods.Select(pod => pod.Spec.Containers[0].Ports.Single(port => port.Name == "http")), port =>
            Assert.Contains($"Urls=http://+:{port.ContainerPort} ", Repository.Read("infra/container/Containerfile")));
        Assert.All(overlay.OurPods, pod => AssertHave([pod], Probes(pod).Select(probe => probe.HttpGet.Port.Value)));
        Assert.All(Shown(overlay), path => Assert.Contains(
            overlay.Of<V1Service>(), it => it.Metadata.Name == path.Backend.Service.Name
                && it.Spec.Ports.Any(port => port.Name == path.Backend.Service.Port.Name)));

        static void AssertHave(IEnumerable<V1PodTemplateSpec> pods, IEnumerable<string> ports)
        {
            Assert.NotEmpty(pods);
            Assert.All(pods, pod => Assert.Subset(
                pod.Spec.Containers.SelectMany(it => it.Ports).Select(port => port.Name).ToHashSet(), ports.ToHashSet()));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task SilosListenWhereTheirPortsSay(string name)
    {
        var overlay = await Overlay.Get(name);
        var silo = Assert.Single(overlay.Chosen(new Dictionary<string, string> { ["grains"] = "yes" })).Spec.Containers[0];
        Assert.Equal("status.podIP", Env("Gatehouse__Silo__Address").ValueFrom.FieldRef.FieldPath);
        Assert.Equal(Port("silo"), Env("Gatehouse__Silo__SiloPort").Value);
        Assert.Equal(Port("cluster-clients"), Env("Gatehouse__Silo__GatewayPort").Value);

        V1EnvVar Env(string name) => silo.Env.Single(it => it.Name == name);
        string Port(string name) => $"{silo.Ports.Single(it => it.Name == name).ContainerPort}";
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task PortsOfTheClusterHearItsOwnPodsOnly(string name)
    {
        var overlay = await Overlay.Get(name);
        var policies = overlay.Of<V1NetworkPolicy>().ToList();
        Assert.Contains(policies, policy => policy.Spec.PodSelector.MatchLabels is null && policy.Spec.Ingress is null);
        var rules = policies.SelectMany(policy => policy.Spec.Ingress ?? [])
            .Where(rule => rule.Ports.Any(port => port.Port.Value is "silo" or "cluster-clients" or "postgres")).ToList();
        Assert.True(rules.Count >= 2);
        Assert.All(rules.SelectMany(rule => rule.FromProperty), peer =>
        {
            Assert.Null(peer.NamespaceSelector);
            Assert.Null(peer.IpBlock);
            Assert.NotEmpty(overlay.Chosen(peer.PodSelector.MatchLabels));
        });
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task EveryProbeIsAnswered(string name)
    {
        var overlay = await Overlay.Get(name);
        Assert.All(overlay.OurPods, pod => Assert.Equal(3, Probes(pod).Count()));
        foreach (var probe in overlay.OurPods.SelectMany(Probes)) Assert.Equal(200, await service.Status(probe.HttpGet.Path));
        Assert.Equal(404, await service.Status("/healthz/no-such-probe"));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task PodsAreNobodyAndWriteNowhere(string name)
    {
        var overlay = await Overlay.Get(name);
        var level = Assert.Single(overlay.Of<V1Namespace>()).Metadata.Labels["pod-security.kubernetes.io/enforce"];
        Assert.Equal("restricted", level);
        Assert.All(overlay.Pods, pod =>
        {
            Assert.False(pod.Spec.AutomountServiceAccountToken);
            Assert.True(pod.Spec.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.Spec.SecurityContext.SeccompProfile.Type);
            Assert.All(pod.Spec.Containers, it =>
            {
                Assert.True(it.SecurityContext.ReadOnlyRootFilesystem);
                Assert.False(it.SecurityContext.AllowPrivilegeEscalation);
                Assert.Equal(["ALL"], it.SecurityContext.Capabilities.Drop);
                Assert.True(it.Resources.Limits.ContainsKey("memory"));
            });
        });
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task ProcessesAreReplacedOneAfterTheOther(string name)
    {
        var overlay = await Overlay.Get(name);
        var budgets = overlay.Of<V1PodDisruptionBudget>().ToList();
        Assert.All(overlay.Of<V1Deployment>(), it =>
        {
            Assert.Equal("0", it.Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
            Assert.Contains(
                it.Spec.Template.Spec.TopologySpreadConstraints, spread => spread.TopologyKey == "kubernetes.io/hostname");
            Assert.Single(budgets, budget => overlay.Chosen(budget.Spec.Selector.MatchLabels).Contains(it.Spec.Template));
        });
        Assert.All(budgets, budget => Assert.Equal("1", budget.Spec.MaxUnavailable.Value));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task APodIsGivenLongerThanItsProgramTakesToStop(string name)
    {
        var overlay = await Overlay.Get(name);
        Assert.All(overlay.OurPods, pod => Assert.True(
            pod.Spec.TerminationGracePeriodSeconds >
            pod.Spec.Containers[0].Lifecycle.PreStop.Sleep.Seconds + new DrainOptions().DrainWindow.TotalSeconds
            + new HostOptions().ShutdownTimeout.TotalSeconds));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task TheIngressShowsEveryDoorAndNothingElse(string name)
    {
        var overlay = await Overlay.Get(name);
        var shown = Shown(overlay).ToList();
        Assert.All(NotForClients, path => Assert.DoesNotContain(shown, it => Shows(it, path)));
        Assert.All(Doors, door => Assert.Contains(shown, it => Shows(it, door)));
        Assert.All(shown, it => Assert.Contains(Doors, door => Shows(it, door)));

        static bool Shows(V1HTTPIngressPath shown, string path) =>
            (path + "/").StartsWith(shown.Path.TrimEnd('/') + "/", StringComparison.Ordinal);
    }

    [Fact]
    public async Task GatewaysAreScaledByAMetricThatTheyHave()
    {
        var overlay = await Overlay.Get("production");
        var scaler = Assert.Single(overlay.Of<V2HorizontalPodAutoscaler>());
        var metric = Assert.Single(scaler.Spec.Metrics).Pods.Metric.Name;
        Assert.Contains(metric, service.Metrics);
        Assert.Contains($"'{metric}{{", Repository.Read("infra/prometheus/adapter.yaml"));
        var scaled = Assert.Single(overlay.Of<V1Deployment>(), it => it.Metadata.Name == scaler.Spec.ScaleTargetRef.Name);
        Assert.Null(scaled.Spec.Replicas);
        Assert.Equal("yes", scaled.Spec.Template.Metadata.Labels["doors"]);
    }

    [Fact]
    public async Task TheOverlayThatOperatorsStartFromIsRendered()
    {
        var overlay = await RenderOwn(OwnOverlay());
        Assert.All(overlay.OurPods, pod => Assert.StartsWith("registry.example.org/", pod.Spec.Containers[0].Image));
        Assert.Equal("chat.example.org", Assert.Single(Assert.Single(overlay.Of<V1Ingress>()).Spec.Rules).Host);
        var settings = Assert.Single(overlay.Of<V1ConfigMap>());
        Assert.Equal(3, settings.Data.Count);
        Assert.Equal("chat.example.org;localhost", settings.Data["AllowedHosts"]);
        Assert.Empty(KnownSettings.Unknown(settings.Data.Keys));
        Assert.All(overlay.OurPods, pod => Assert.Contains(
            pod.Spec.Containers[0].EnvFrom, it => it.ConfigMapRef?.Name == settings.Metadata.Name));
    }

    [Fact]
    public async Task WithTheComponentEveryProcessHasTheClustersCertificate()
    {
        var overlay = await RenderOwn(OwnOverlay(), OwnTls());
        var secret = KeysOfTheSecret().Match(Repository.Read("docs/DEPLOY.md"));
        var keys = secret.Groups[2].Captures.Select(key => key.Value).ToList();
        Assert.Equal(2, overlay.OurPods.Count());
        Assert.All(overlay.OurPods, pod =>
        {
            var volume = Assert.Single(pod.Spec.Volumes, it => it.Secret?.SecretName == secret.Groups[1].Value);
            var mount = Assert.Single(pod.Spec.Containers[0].VolumeMounts, it => it.Name == volume.Name);
            var files = pod.Spec.Containers[0].Env.Where(it => it.Name.StartsWith("Gatehouse__Cluster__", StringComparison.Ordinal)).ToList();
            Assert.Empty(KnownSettings.Unknown(files.Select(it => it.Name)));
            Assert.Equal(keys.Select(key => $"{mount.MountPath}/{key}"), files.Select(it => it.Value));
        });
    }

    /// <summary>Renders what the operator's page says to write into an overlay of one's own.</summary>
    private static async Task<Overlay> RenderOwn(params Regex[] parts)
    {
        var page = Repository.Read("docs/DEPLOY.md");
        var folder = Directory.CreateTempSubdirectory("gatehouse-overlay-");
        try
        {
            var ours = Path.GetRelativePath(folder.FullName, Path.Combine(Repository.Root, "infra/kubernetes"));
            var text = string.Concat(parts.Select(part => part.Match(page).Groups[1].Value));
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "kustomization.yaml"),
                text.Replace("../gatehouse/infra/kubernetes", ours), TestContext.Current.CancellationToken);
            return await Overlay.Render(Tool.Find("GATEHOUSE_KUBECTL"), folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"```yaml\n(# kustomization.yaml\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex OwnOverlay();

    [GeneratedRegex(@"```yaml\n(components:.*?)```", RegexOptions.Singleline)]
    private static partial Regex OwnTls();

    [GeneratedRegex(@"create secret generic (gatehouse-cluster-tls)(?: --from-file=(\S+))+")]
    private static partial Regex KeysOfTheSecret();

    [GeneratedRegex(@"""(/[\w./-]*\w)")]
    private static partial Regex Address();

    private static IEnumerable<V1HTTPIngressPath> Shown(Overlay overlay) =>
        overlay.Of<V1Ingress>().SelectMany(it => it.Spec.Rules).SelectMany(rule => rule.Http.Paths);

    private static IEnumerable<V1Probe> Probes(V1PodTemplateSpec pod) => pod.Spec.Containers.SelectMany(
        it => new[] { it.StartupProbe, it.LivenessProbe, it.ReadinessProbe }).Where(probe => probe is not null);
}
