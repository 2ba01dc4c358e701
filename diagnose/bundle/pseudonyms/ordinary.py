"""Words that error messages and this program's own sentences are made of.

A resource that bears one of them is replaced where something shows that a name is meant: in quotes,
in an image reference, in a path, after a noun such as "repository". On its own the word stays, so
that the message still says what it said. `tests/unit/test_pseudonyms_prose.py` holds that every
word by which `diagnose.texts` knows a message is among them.
"""

ORDINARY = frozenset(
    """
aad aadsts abac abacrepositorypermissions aborted about above absent accepts access accessible
account accounts acquire acr acrpull acrrefreshtokenretrieval action actions actively adal
adapter add added address addresses adds admin administrator after again against agent agentpool
ago agree aka aks alert aliases alive all allow allowed allows alone already also alternative
although altname altsecid always amd amd64 among amount and annotation annotations anonymous
another answer answered answers any anybody anything anywhere apart api app appliance
application applied approved apps apr are argument arm arm64 artifact ask asked asks assign
assigned assignee assignment associated attach attempt attempts attributes audience aufs aug
auth authenticate authenticated authenticating authentication authorities authority
authorization authorizationfailed authorizationfailure authorize authorized available away aws
azure azureadauthenticationasarmpolicy azureassignedidentity azurechinacloud azurecr
azurepubliccloud azureservices azureusgovernmentcloud back bad balancer bare basic bearer bears
because been before beginning behind belongs below beside between bleucloud blob blobs blocked
blue body both brings btrfs build building buildkit buildx built bundle but byte bytes cache
caches call caller came can canceled cannot canonical capped carries carry case cause causes
cert certain certificate certificates certs chain challenge change changed changes channel
character characters charset chart check checking checks child chinacloudapi choose chose chosen
claim claims class classic cleaned cli client clientid clients clock close closed cloud cloudapp
cluster cmk coat code collect com come comes command commands commit common compare complete
completes compliant compose compute condition conf config configuration configured connect
connected connectex connection connections connectivity connecttimeout connecttimeouterror
construct container containerd containerregistry containers content context contributor control
copy copying core correct correctly correlation costs could couldn count counts cover covers
create credential credentials creds cri crictl crt crypto ctr curl current custom customer cut
cuts daemon data date dead deadline deadlineexceeded debian debug dec decide decides decode
decoded dedicated default defeats delegated delete deleted denied denies deny deployment
deprecated desc describes desktop destination detected dev device devicemapper diagnose
diagnosis dial dialer did didn diff differ different dig digest digits directly directory
disabled disallowed disconnected disk diskpressure distribution dns docker docs doctype
documented does doesn domain don down download drop dropped drops during dynamic each eai eastus
econnrefused econnreset ecr edit effect effective either else elsewhere empty enabled encrypted
encryption end ended endpoint endpoints ends enetunreach engine enotfound enough ensure entra
entries entry env environment eof ephemeral err errimageneverpull errimagepull errno error
errors establish established etc etimedout event every everybody everything exceed exceeded
exceeds exceptions exchange exec execing execute exempt exist existent exists exit expired
expiry export external fact facts fail failed failedpullingimage failedtoretrieveimagepullsecret
failing fails failure fall false far fatal fault feature feb fetch fetching few field file files
filesystem filter final find finding finds firewall first fit fits five fix folder follow
followed for forbidden forcepoint forcibly foreign form format forward forwarder found frame
free fresh fri from full fuse garbage gateway gave gcr genuine geo get getaddrinfo gets getting
ghcr github give given gives global gmt goes gone good got grants grep group groups guid gzip
had hand hands handshake hang hangs happened has hash have head header headers healthy helm help
helper here hidden hides hold holds host hostname hosts hour hours how however html http http2
httpreadseeker https hub ident identities identity ids image imagepullbackoff imagepullfailure
imagepullunauthorizedfailure images imds inaccessibleimage inbound incompatible incorrect index
info information inside inspect inspection installed instance instances instead insufficient
interface internal internet into invalid invalidauthenticationinfo
invalidauthenticationtokentenant invalidimagename ipconfig ipconfig1 ipv ipv4 ipv6 issue issued
issuer its itself jan job join journal journald json judge jul jun just keep keeps kept key
keyid keys keyvault kind know known knows kubectl kubelet kubernetes lacks large last lasts
latest layer layers lchown lead leads learn learning least leave leaves left legacy
legacyregistrypermissions less let lets level libraries library lie like likely limit limits
line lines link linked linux list listens lists live load local locally lock locked log logged
logging login logins logout logs long longer look looked looking looks lookup lost low lower
lowercase lts machine machines made main make makes malformed managed managedidentitycredential
managedidentitynotfound management manager manages manifest manifests many map mapped mar mark
marks master match matched matches matchimages matching matrix max maximum may mcr mean means
meant mend message met metadata metrics microsoft microsoftonline minute minutes mirror mirrors
misbehaving mismatch missing missingsubscriptionregistration mistyped moby mode moment mon
monitor more most mostly move msg msi mss mtu much multiple must name named nameresolutionerror
names namespace nat natgateways need needed needs neither nerdctl net network networkinterfaces
networkrulenotsupported networkrulesetlimit networkrulevalidationerror networks
networksecuritygroups never new newconnectionerror newest next nginx nic nmi nobody node
nodename nodepool nodes noerror non none nonetwork nor not notary notfound nothing notice
notregistered nov now nsg null number nxdomain oauth oauth2 object observation occured occurred
oci oct octet off often oid old older once one ones only open opens openssl operating operation
options order org organization other others otherwise our out outbound output outside over
overlay overlay2 overlayfs own owner owners package packets page panic parameter parse parsing part
partner passed password passwords past path paths pattern patterns pause peer peered peering
peerings pending per perform perhaps permission permissions persistent person pipe pkix place
plain platform please plugin pod podman pods points policies policy pool port ports post ppc64le
prefix prefixes premium present preview principal principalnotfound print prints priority
private privatednszonegroups privatednszones privateendpointconnection privateendpoints
privatelink problem proceeding process program programs propagate properly properties protocol
proven provide provided provider providers proxies proxy proxyauthrequired proxyconnect
proxyerror public publicipaddresses puid pull pulled pulling pulls pure push pushed put puts
python qps quarantine quarantined quay query question quota quoted raise raises ran range ranges
rate reach reached reaches reaching read readenabled reader reading reads ready real really
realm reason received recognized record recording records recoverable redhat redirect reference
refresh refusal refuse refused refuses region regional register registered registering
registration registrationrequired registries registry registryerrorresponse rejected
relationship relies remember remote remotedisconnected remove removed repeated replace replaces
replica reply report repositories repository repositorynotfound request requested requesting
requests required requires reset resolution resolv resolve resolvectl resolved resolver resolves
resolving resource resourcegroupnotfound resourcenotfound respond responded response rest
restart restore restored retries retrieve return returned reuse revoked rfc right rights riscv
riscv64 role roleassignments roledefinitions roles room root rootfs round route routes
routetables row rule rules ruleset run runner running runs runtime runtimes s390x said same sat
save saving saw say says scale scanner schema scope sdk second seconds secret secrets section
secure security see seen sees segment segments selected self send sends sent sep serve server
servername servers serves servfail service serviceendpointpolicies serviceendpoints
serviceprincipal services servname session set sets setting settings setup several sha sha256
sha512 share shell short should show showed shown shows side sign signature signed signs silent
simulated since size skopeo sku skus slash small soa sock socket sockets socks soft some
somebody something somewhere soon source space speak speaks specified spelling spoke squid ssl
sslcertverificationerror stalls stand standard standards stands starts state static status
statuscode stay stays steps still stood stop stops storage store stored stores storing straight
stream string sts subject subnet subnethasnoserviceendpoint subnets
subnetshavenoserviceendpointsconfigured subscription subscriptions succeeded such sudo suffix
suffixes sun supply support supported sure switched syn syscall system systemassigned systemctl
systemd table tag tagged taggedtrafficconsumers tags take taken takes tar target tasks tcp tcp4
tell tells temporarily temporary ten tenant tenants test text than that the their them then
there these they this those thread threads three through thu tier time timed timeout tls tlsv
today together token tokens told toml too took toomanyrequests traffic trafficmanager transport
tried trouble true trust trusted trusts try trying tsv tue tunnel tuple turned two type ubuntu
udp unable unanswered unauthorized unavailable under understood undo unexpected uniform unit
unix unknown unknownhostexception unless unpack unreachable unrecognized unregistered
unregistering unsecure unset unsupported until unwrap update ups url urls usable use used user
userassigned username uses using usual utf valid validate validation value values variable
variables vault verdict verification verifies verify verifying version vfs virtual
virtualappliance virtualmachines virtualmachinescaleset virtualmachinescalesets virtualnetwork
virtualnetworkgateway virtualnetworks vnd vnet vnetlocal wait waiting want wanted wants warn
warning was way ways web wed well went were westus what whatever when where wherever whether
which while who whoever whole whom whose why will windows with withheld within without word
words work workload works world would write writer writes writing written wrong www x509 xml yet
you your yours zfs zone zones zscaler zstd
""".split()
)
